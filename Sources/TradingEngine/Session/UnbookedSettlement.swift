import TradingModel

/// A settlement that was heard of from somewhere else than the booking that paid it. The booking has the last word on the payout;
/// what its session's figures were just before is kept, so that they can be put right.
struct UnbookedSettlement: Hashable, Sendable, Codable {
    let intent: IntentID
    let price: Money
    let settlement: Settlement
    /// The booking that bought it: a walk from there meets the one that ended it.
    let bought: TransactionID
    let heardAt: Timestamp
    var before: Session.Standing
    /// Contracts of the session that had ended with this one.
    let settledCount: Int64
    /// No contract of the session that had ended by then ended later.
    let wasLatest: Bool

    init(_ ended: Session.OpenContract, _ settlement: Settlement, _ before: Session.Standing, _ session: Session, at now: Timestamp) {
        (intent, price, self.settlement, heardAt, self.before) = (ended.intent.id, ended.contract.price, settlement, now, before)
        bought = ended.contract.transaction
        settledCount = session.settledCount
        wasLatest = session.lastSettledAt == settlement.settledAt && session.lastSettledBy == settlement.transaction
    }
}

/// Those of an account, the newest of them: the look-up that walks past their bookings confirms or corrects them.
struct UnbookedSettlements: Hashable, Sendable, Codable {
    private var entries: [UnbookedSettlement] = []
    static let most = 64

    mutating func keep(_ entry: UnbookedSettlement) {
        entries.append(entry)
        if entries.count > UnbookedSettlements.most { entries.removeFirst() }
    }

    func find(_ contract: ContractID) -> UnbookedSettlement? { entries.isEmpty ? nil : entries.first { $0.settlement.contract == contract } }

    mutating func take(_ contract: ContractID) -> UnbookedSettlement? {
        entries.firstIndex { $0.settlement.contract == contract }.map { entries.remove(at: $0) }
    }

    mutating func confirm(_ booking: TransactionID) {
        if entries.isEmpty { return }
        entries.removeAll { $0.settlement.transaction == booking }
    }

    /// A look-up that was asked for at `moment` explained everything up to this booking. One whose booking was not named is kept for
    /// a while longer.
    mutating func forget(upTo booking: TransactionID, askedAt moment: Timestamp) {
        if entries.isEmpty { return }
        entries.removeAll { entry in
            entry.settlement.transaction.map { $0 <= booking && entry.heardAt <= moment } ?? (entry.heardAt < moment.adding(seconds: -3_600))
        }
    }

    /// From where a walk meets all of them: some may have been bought and booked before this anchor.
    func anchor(_ anchor: TransactionID?) -> TransactionID? {
        guard var least = anchor else { return nil }
        for entry in entries where entry.settlement.transaction.map({ $0 <= least }) ?? true { least = min(least, entry.bought) }
        return least
    }

    /// What was known before the later ones of a session changes with one that was corrected.
    mutating func correct(_ wrong: UnbookedSettlement, _ change: Session.Change) {
        for index in entries.indices where entries[index].intent.session == wrong.intent.session && entries[index].settledCount > wrong.settledCount {
            entries[index].before.correct(wrong, change)
        }
    }
}

extension Session {
    /// The figures that a settlement changes in a way which cannot be undone from its amount alone.
    struct Standing: Hashable, Sendable, Codable {
        var lossesInARow: Int32
        var streakSince: Int64
        var peak: Money, countedPeak: Money

        /// Of two orders in which things may have happened, the worse is taken: the longer streak, the higher peak.
        mutating func correct(_ wrong: UnbookedSettlement, _ change: Change) {
            correctStreak(wrong, change)
            if change.amount.isPositive {
                peak += change.amount
                countedPeak += change.amount
            }
        }

        private mutating func correctStreak(_ wrong: UnbookedSettlement, _ change: Change) {
            // What ended since then without a loss, or a person, began the count anew.
            guard change.wasLoss != change.isLoss, streakSince <= wrong.settledCount else { return }
            let before = wrong.wasLatest ? wrong.before.lossesInARow : 0
            if change.isLoss {
                lossesInARow += before + 1
                if streakSince == wrong.settledCount { streakSince = wrong.before.streakSince }
            } else {
                lossesInARow = max(0, lossesInARow - before - 1)
                if wrong.wasLatest { streakSince = wrong.settledCount }
            }
        }
    }
    var standing: Standing { Standing(lossesInARow: lossesInARow, streakSince: streakSince, peak: peak, countedPeak: countedPeak) }

    /// What a correction makes of a contract's result.
    struct Change {
        let old: Money, new: Money
        init(_ wrong: UnbookedSettlement, payout: Money) { (old, new) = (wrong.settlement.payout - wrong.price, payout - wrong.price) }
        var amount: Money { new - old }
        var wasLoss: Bool { old.isNegative }
        var isLoss: Bool { new.isNegative }
        /// What is lost more than before, as a figure that is not positive; of a day that is over only this is still heard of.
        var lostMore: Int64 { min(0, min(0, new.minorUnits) - min(0, old.minorUnits)) }
    }

    /// A contract that ended paid something else. Sums are exact.
    mutating func correct(_ wrong: UnbookedSettlement, _ change: Change) {
        let equityBefore = equity
        profit += change.amount
        if wrong.settlement.settledAt >= dayFrom {
            profitToday += change.amount
        } else {
            profitToday.minorUnits += change.lostMore
            profitBefore += min(0, change.amount.minorUnits)
        }
        endedLately.add(change.amount, at: wrong.settlement.settledAt)
        wins += (change.new.isPositive ? 1 : 0) - (change.old.isPositive ? 1 : 0)
        losses += (change.isLoss ? 1 : 0) - (change.wasLoss ? 1 : 0)
        var corrected = standing
        corrected.correct(wrong, change)
        if settledCount == wrong.settledCount {
            // Nothing ended since: as if it had been told right. A person may have accepted the drawdown meanwhile.
            let isCleared = countedPeak < max(wrong.before.countedPeak, equityBefore)
            corrected.peak = wrong.before.peak
            corrected.countedPeak = isCleared ? countedPeak : wrong.before.countedPeak
        }
        (lossesInARow, streakSince) = (corrected.lossesInARow, corrected.streakSince)
        countedPeak = max(corrected.countedPeak, equity)
        peak = max(corrected.peak, countedPeak)
        greatestDrawdown = max(greatestDrawdown, Session.drawdown(from: peak, to: equity))
    }
}

extension Account {
    mutating func correct(_ wrong: UnbookedSettlement, _ change: Session.Change) {
        unbooked.correct(wrong, change)
        endedLately.add(change.amount, at: wrong.settlement.settledAt)
        if wrong.settlement.settledAt.utcDay >= day { profitOfDay += change.amount } else { profitOfDay.minorUnits += change.lostMore }
    }
}
