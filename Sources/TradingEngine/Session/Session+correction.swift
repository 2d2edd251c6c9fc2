import TradingModel

// What it changes in a session and its account when the booking paid something else than was heard first.
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
