import TradingEngine
import TradingModel

// An owner who removes an account and adds it again: the way round its limit of the day that comes to mind first.
extension World {
    /// Seeds in which somebody does.
    static func hasMovers(_ seed: UInt64) -> Bool { seed % 16 == 12 }

    /// The entry that a login is traded by: its second one once that is on record.
    func entry(_ login: Int) -> Int {
        let second = login + logins
        return second < accounts.count && judge.folded.accounts.contains(accounts[second].id) ? second : login
    }

    /// Stops what runs on the account, removes it, adds it again with a limit of its own, and trades on.
    func moversAct() {
        if isCalm { return }
        plan(.movers, after: movers.pick(2_000...15_000) * pace)
        let login = Int(movers.pick(0...Int64(logins - 1))), limit = movers.pick(1_500...8_000)
        guard let state = process?.turn.engine.state, entry(login) == login, now - began > movesAfter else { return }
        let old = accounts[login], new = accounts[login + logins]
        guard let account = state.accounts.find(old.id) else { return }
        if account.isRemoved {
            ask(.addAccount(new.id, owner: new.owner, new.profile), .other)
            if limit < 7_000 { change(new.id, of: new.owner, to: ExposureLimits(lossPerDay: .usd(limit))) }
            return createSession(on: login + logins)
        }
        let running = state.sessions.elements.filter { $0.account == old.id && $0.phase.isRunning && $0.phase != .stopping }
        for session in running { ask(.stopSession(session.id, owner: old.owner, by: World.person), .stop(session.id)) }
        // What still runs or may have been bought is waited for.
        ask(.removeAccount(old.id, owner: old.owner, by: World.person), .other)
    }
}
