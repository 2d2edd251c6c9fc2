import TradingModel

// What must hold after every step, in production too.
extension TradingEngine {
    /// A session's own broken invariant ends that session, with the evidence; an account's ends the process before
    /// money moves.
    mutating func checkInvariants(at now: Timestamp) {
        for account in state.accounts.elements {
            precondition(account.reserved.minorUnits >= 0, "account \(account.id): released more than was reserved")
            var held: Int64 = 0
            for buy in account.unresolved { held += buy.intent.stake.amount.minorUnits }
            precondition(held == account.reserved.minorUnits, "account \(account.id): reserved \(account.reserved), held \(held)")
            precondition(account.openContracts >= 0 && account.openExposure.minorUnits >= 0, "account \(account.id): settled more than was open")
        }
        for session in state.sessions.elements where session.phase != .failed {
            if let evidence = session.brokenInvariant { note(.failed(evidence: evidence), about: session, at: now) }
        }
    }
}

extension Session {
    /// What of this session's own figures cannot be, or nil.
    var brokenInvariant: String? {
        if reserved.minorUnits < 0 { return "reserved \(reserved)" }
        if unresolved < 0 { return "unresolved \(unresolved)" }
        if (unresolved == 0) != (reserved.minorUnits == 0) { return "reserved \(reserved) with \(unresolved) unresolved" }
        if tradesToday < 0 { return "trades today \(tradesToday)" }
        if trades != Int64(open.count) + settledCount { return "trades \(trades), open \(open.count), settled \(settledCount)" }
        if wins + losses > settledCount { return "wins \(wins), losses \(losses), settled \(settledCount)" }
        if countedPeak < equity || peak < countedPeak { return "peak \(peak), counted peak \(countedPeak), equity \(equity)" }
        if waiting.count > Session.waitingMost { return "waiting \(waiting.count)" }
        return nil
    }
}
