// Three things together let a buy leave on an account with real money; each alone, or two of them, do not.
import Testing
import TradingModel
import TradingTesting

@testable import TradingEngine

struct RealMoneyScripts {
    typealias S = EngineScript

    /// An active session on a real account.
    private func script(allows: Bool) -> EngineScript {
        var settings = EngineSettings()
        settings.allowsRealTrading = allows
        var s = EngineScript(settings: settings)
        let plan = SessionPlan(
            name: Label("test")!, criteria: SignalCriteria(symbols: [S.symbol]), stakeRule: .fixed(.usd(1_000)), duration: .ticks(5), openContracts: 100)
        _ = s.at(
            0, .addAccount(S.accountID, owner: S.owner, AccountProfile(broker: Label("deriv")!, loginID: Label("CR1")!, currency: .usd, isVirtual: false)),
            .createSession(S.sessionID, owner: S.owner, account: S.accountID, plan, by: S.person), .startSession(S.sessionID, owner: S.owner, by: S.person),
            .broker(S.accountID, .lineUp(balance: .usd(100_000), newest: TransactionID(rawValue: 1))),
            .broker(S.accountID, .offers(S.symbol, EngineScript.offers(S.symbol))))
        _ = s.at(0, .broker(S.accountID, .lookedUp(.quiet(balance: .usd(100_000), at: EngineScript.start))))
        return s
    }

    @Test func aRealAccountBuysOnlyWhenServerAndOwnerBothSaySo() {
        for (allows, enabled) in [(false, false), (false, true), (true, false)] {
            var s = script(allows: allows)
            if enabled { _ = s.at(1, .setRealTrading(S.accountID, owner: S.owner, true, by: S.person)) }
            #expect(s.at(2, .signal(S.signal(1, at: 2))).last == "s1 refused 00000001 real_trading_not_enabled", "\(allows) \(enabled)")
            #expect(s.engine.canExecuteTrade(S.sessionID, at: S.start.adding(seconds: 2))?.refusals.first?.code == .realTradingNotEnabled)
        }
        var s = script(allows: true)
        #expect(s.at(1, .setRealTrading(S.accountID, owner: S.owner, true, by: S.person)) == ["a1 real money enabled by person"])
        #expect(s.at(1, .setRealTrading(S.accountID, owner: S.owner, true, by: S.person)) == [], "it is on record")
        #expect(s.at(2, .signal(S.signal(1, at: 2))).last == "s1 intend 00000001 1HZ100V rise 5t 10.00")
    }

    @Test func whatIsTakenBackIsGoneAtOnceAndAfterARestart() {
        var s = script(allows: true)
        _ = s.at(1, .setRealTrading(S.accountID, owner: S.owner, true, by: S.person), .setRealTrading(S.accountID, owner: S.owner, false, by: S.person))
        #expect(s.at(2, .signal(S.signal(1, at: 2))).last == "s1 refused 00000001 real_trading_not_enabled")
        _ = s.at(3, .setRealTrading(S.accountID, owner: S.owner, true, by: S.person))
        s.restart()
        #expect(s.account.isRealEnabled)
    }

    @Test func nobodyEnablesAnothersAccount() {
        var s = script(allows: true)
        #expect(s.at(1, .setRealTrading(S.accountID, owner: OwnerID(rawValue: 2), true, by: S.person)) == [])
        #expect(s.answers == [.declined(.accountNotFound)])
    }
}
