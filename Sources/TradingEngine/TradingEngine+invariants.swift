import TradingModel

// What must hold after every step, in production too.
extension TradingEngine {
    /// A session's own broken invariant ends that session, with the evidence; an account's ends the process before
    /// money moves.
    mutating func checkInvariants(at now: Timestamp) {
        for index in state.accounts.elements.indices {
            var account: Account { state.accounts[at: index] }
            precondition(account.reserved.minorUnits >= 0, "account \(account.id): released more than was reserved")
            var held: Int64 = 0
            for buy in account.unresolved { held += buy.intent.stake.amount.minorUnits }
            precondition(held == account.reserved.minorUnits, "account \(account.id): reserved \(account.reserved), held \(held)")
            precondition(account.openContracts >= 0 && account.openExposure.minorUnits >= 0, "account \(account.id): settled more than was open")
        }
        // One that rests is not changed without becoming live, or by its own end.
        for id in state.sessions.live(where: { $0.phase != .failed && $0.isBroken }) {
            note(.failed(evidence: state.sessions[id].evidence), about: id, at: now)
        }
    }
}

extension Session {
    /// Something of this session's own figures cannot be.
    @inline(__always) var isBroken: Bool {
        reserved.minorUnits < 0 || unresolved < 0 || (unresolved == 0) != (reserved.minorUnits == 0) || tradesToday < 0
            || trades != Int64(open.count) + settledCount || wins + losses > settledCount || countedPeak < equity || peak < countedPeak
            || waiting.count > Session.waitingMost
    }

    /// The figures that are held against each other.
    var evidence: String {
        """
        reserved \(reserved) for \(unresolved) unresolved, trades today \(tradesToday), trades \(trades), open \(open.count), settled \(settledCount), \
        wins \(wins), losses \(losses), peak \(peak), counted peak \(countedPeak), equity \(equity), waiting \(waiting.count)
        """
    }
}
