import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingAudit
import TradingEngine
import TradingModel
import TradingPorts

// The six limits, by the broker's ledger: at each intent with everything that may still be lost, and at each settlement
// with what was lost.
extension Judge {
    /// Stakes of the session's buys that the broker has not sold and that are not proven to be none.
    private func heldUnsold(_ session: SessionID) -> (stakes: Int64, count: Int32, today: Int32) {
        var held: (stakes: Int64, count: Int32, today: Int32) = (0, 0, 0)
        for buy in buys.reversed() where buy.intent.id.session == session && buy.sold == nil {
            switch buy.end {
            case .unanswered:
                held.stakes += buy.intent.stake.amount.minorUnits
                held.count += 1
            case .abandoned: held.stakes += buy.intent.stake.amount.minorUnits
            case .unsent, .rejected, .released, .confirmed, .settled: break
            }
        }
        return held
    }

    /// I4, I5, I7, I8, I8b in the turn that records an intent, by the reservation rule: everything that runs or may run
    /// counts as lost. The intent itself is among the buys already.
    func checkReservation(_ intent: BuyIntent, _ session: SessionBooks, available: Money, at now: Timestamp) throws(Violation) {
        if session.isMixed || session.misstated > 0 { return }
        let held = heldUnsold(session.id), start = session.startBalance ?? 0
        let rule = ReservationRule(
            worst: session.openPrices + held.stakes, lost: max(0, -(session.profitOn[day(at: now)] ?? 0)), equity: start + session.profit,
            peak: start + session.peak, streak: session.streak, mayRun: session.open + held.count, today: nil, available: available.minorUnits)
        if let broken = rule.broken(session.plan, stake: intent.stake.amount.minorUnits) { throw Violation(broken.invariant, "\(intent.id): \(broken.what)") }
    }

    /// I4 and the exposure limits of the account and of its owner, over all their sessions, in the same turn.
    func checkExposure(_ intent: BuyIntent, owner: OwnerID, at now: Timestamp) throws(Violation) {
        if let limits = accountLimits[intent.account] { try checkExposure(limits, of: [login(intent.account)], intent, at: now) }
        if let limits = ownerLimits[owner] {
            try checkExposure(limits, of: Array(Set(accounts.filter { $0.owner == owner }.map(\.login))).sorted(), intent, at: now)
        }
    }

    private func checkExposure(_ limits: ExposureLimits, of logins: [Label], _ intent: BuyIntent, at now: Timestamp) throws(Violation) {
        var worst: Int64 = 0, count: Int32 = 0, profit: Int64 = 0
        for session in sessions where logins.contains(accounts[session.account].login) {
            if session.isMixed || session.misstated > 0 { return }
            let held = heldUnsold(session.id)
            worst += session.openPrices + held.stakes
            count += session.open + held.count
        }
        for login in logins { profit += profitOn[login]?[now.civilDay] ?? 0 }
        if let broken = ExposureRule(worst: worst, lost: max(0, -profit), mayRun: count).broken(limits) {
            throw Violation("I4", "\(intent.id): accounts \(logins) have \(broken)")
        }
    }

    /// I4: what the broker says was lost on a day is within the limit.
    func checkLossPerDay(_ session: SessionBooks, on day: TradingDay) throws(Violation) {
        guard !session.isMixed, !session.isMisled, let limit = session.laxest.lossPerDay, let profit = session.profitOn[day], -profit > limit.minorUnits else {
            return
        }
        throw Violation("I4", "session \(session.id) lost \(-profit) on \(day), limit \(limit)")
    }

    /// I7: what the broker sold on a day is within the limit.
    func checkTradesPerDay(_ session: SessionBooks, on day: TradingDay) throws(Violation) {
        guard !session.isMixed, !session.isMisled, let limit = session.laxest.tradesPerDay, let sold = session.soldOn[day], sold > limit else { return }
        throw Violation("I7", "session \(session.id) bought \(sold) on \(day), limit \(limit)")
    }

    /// I8: the fall from the peak is within the limit, by cross-multiplication.
    func checkDrawdown(_ session: SessionBooks) throws(Violation) {
        guard !session.isMixed, !session.isMisled, let limit = session.laxest.drawdownBasisPoints, let start = session.startBalance else { return }
        if (session.peak - session.profit) * 10_000 > limit * (start + session.peak) {
            throw Violation("I8", "session \(session.id) fell from \(start + session.peak) to \(start + session.profit), limit \(limit) basis points")
        }
    }

    /// I8b: losses in a row, in the order of the broker's ledger.
    func checkLossesInARow(_ session: SessionBooks) throws(Violation) {
        guard !session.isMixed, !session.isMisled, let limit = session.laxest.lossesInARow, session.streak > limit else { return }
        throw Violation("I8b", "session \(session.id) lost \(session.streak) in a row, limit \(limit)")
    }
}

extension Timestamp {
    /// The civil day in UTC.
    var civilDay: TradingDay { TradingDay(daysSince1970: Int32(TradingDay.floorDivide(milliseconds, 86_400_000))) }
}

extension RiskLimits {
    /// Of both, each limit that allows more; off allows all.
    func laxer(_ other: RiskLimits) -> RiskLimits {
        func most<T: Comparable>(_ a: T?, _ b: T?) -> T? { if let a, let b { max(a, b) } else { nil } }
        return RiskLimits(
            tradesPerDay: most(tradesPerDay, other.tradesPerDay), lossPerDay: most(lossPerDay, other.lossPerDay),
            greatestStake: most(greatestStake, other.greatestStake), riskPerTradeBasisPoints: most(riskPerTradeBasisPoints, other.riskPerTradeBasisPoints),
            drawdownBasisPoints: most(drawdownBasisPoints, other.drawdownBasisPoints), lossesInARow: most(lossesInARow, other.lossesInARow))
    }
}
