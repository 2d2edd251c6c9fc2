// `/api/deriv/auto-trading`: start, stop and status of the one session that the previous system knew.

import HTTPTypes
import PlainJSON
import Strategies
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousAutoTrading {
    static let alreadyRunning = PreviousError(.badRequest, "Auto-trading is already running")
    /// What the previous system bought when nothing else was said: rise or fall for five minutes.
    static let duration = ContractDuration(5, .minutes)!
    static let openContracts: Int32 = 100

    /// Makes a session of the token's account and starts it.
    static func start(_ call: Call) async throws -> Reply {
        // Two at once would both find nothing running.
        guard call.keysInUse.take(call.owner, "previous start") else { throw alreadyRunning }
        defer { call.keysInUse.give(back: "previous start", of: call.owner) }
        if try await call.previousSession() != nil { throw alreadyRunning }
        guard let account = try await call.usableAccount() else { throw PreviousError.noToken }
        if !account.profile.isVirtual {
            do { try await RealTrading.check(account.id, call) } catch is Problem { throw PreviousError(.badRequest, "real_trading_not_enabled") }
        }
        let plan = try plan(call.previousFields(), account, await call.reads.previousDefaults(call.owner))
        let id = SessionID(rawValue: try await call.reads.newID())
        // On record first: dying in between leaves a place that names no session, never a session that cannot be stopped here.
        var place = try await call.reads.previousPlace(call.owner) ?? PreviousPlace(isValid: true)
        (place.account, place.session) = (account.id, id)
        try await call.reads.keep(place, owner: call.owner)
        try await call.perform(.createSession(id, owner: call.owner, account: account.id, plan, by: call.by))
        try await RealTrading.checked(id, call) { try await call.perform(.startSession(id, owner: call.owner, by: call.by)) }
        // What its owner promised may hold it to less than was asked for.
        let acting = try await call.reads.session(id, owner: call.owner)?.plan ?? plan
        return PreviousReply.data { json in
            json.object { json in
                json.member("sessionId", id.uuid)
                json.member("isRunning", true)
                json.member("message", "Auto-trading started successfully")
                json.memberObject("riskSettings") { $0.previousMembers(acting) }
            }
        }
    }

    /// Always well, also when nothing runs.
    static func stop(_ call: Call) async throws -> Reply {
        if let session = try await call.previousSession() {
            try await call.perform(.stopSession(session.id, owner: call.owner, by: call.by))
        }
        return PreviousReply.message("Auto-trading stopped successfully")
    }

    static func status(_ call: Call) async throws -> Reply {
        let session = try await call.previousSession()
        return PreviousReply.data { json in
            json.object { json in
                json.member("isRunning", session != nil)
                guard let session else { return json.nullMember("session") }
                json.memberObject("session") { json in
                    json.member("sessionId", session.previousID)
                    json.member("strategy", session.previous?.strategy ?? session.plan.name.text)
                    json.member("startedAt", session.startedAt ?? session.createdAt)
                    json.member("totalTrades", session.trades)
                    json.member("totalProfitLoss", number: session.profit)
                    json.member("startBalance", number: session.startBalance)
                    json.memberObject("riskSettings") { $0.previousMembers(session.plan) }
                }
                json.memberObject("serviceStatus") { json in
                    json.member("activeContracts", session.openContracts)
                    json.member("dailyTradeCount", session.tradesToday)
                    json.member("dailyProfitLoss", number: session.profitToday)
                }
            }
        }
    }

    // MARK: The plan

    static let strategyUnlessGiven = "Signalist-SMA-3C"
    static let tradesPerDayUnlessGiven: Int64 = 10
    static let riskPerTradeUnlessGiven: Int64 = 1_000

    /// The default chain of the previous system: what is not given, or 0, is that of the bot settings that were taken over, if there are
    /// any; else 10 trades a day and 10 % a trade, and off for the rest. The strategy's name is kept; one that is named in the request and built in runs on the symbols that are.
    static func plan(_ fields: Fields, _ account: AccountRow, _ defaults: PreviousDefaults?) throws(Problem) -> SessionPlan {
        let currency = account.profile.currency
        let risk = try fields["riskSettings"].previousMembers(), filters = try fields["signalFilters"].previousMembers()
        // An empty name is none, as before.
        let isNamed = fields["strategy"].ifGiven.map { $0.value != .string("") } ?? false
        let name = isNamed ? try fields["strategy"].label() : Label(strategyUnlessGiven)!
        let most = SignalCriteria.listLongest
        let criteria = SignalCriteria(
            symbols: try filters["symbols"].ifGiven?.list(atMost: most) { field throws(Problem) in try field.symbol() } ?? [],
            sources: try filters["sources"].ifGiven?.list(atMost: most) { field throws(Problem) in try field.label() } ?? [],
            strategies: try filters["strategies"].ifGiven?.list(atMost: most) { field throws(Problem) in try field.label() } ?? [])
        func money(_ name: String) throws(Problem) -> Money? {
            guard let money = try risk[name].ifGiven?.money(currency, atLeast: 0), money.isPositive else { return nil }
            return money
        }
        func count(_ name: String) throws(Problem) -> Int64? { try risk[name].ifGiven?.integer(0...1_000_000).unlessZero }
        let perTrade = try risk["riskPerTrade"].ifGiven?.percent(atLeast: 0).unlessZero ?? defaults?.riskPerTrade.unlessZero ?? riskPerTradeUnlessGiven
        let limits = RiskLimits(
            tradesPerDay: Int32(try count("maxTradesPerDay") ?? defaults?.tradesPerDay.unlessZero ?? tradesPerDayUnlessGiven),
            lossPerDay: try money("dailyLossLimit") ?? defaults?.lossPerDay(account.balance),
            greatestStake: try money("maxStakeSize"), riskPerTradeBasisPoints: perTrade,
            drawdownBasisPoints: try risk["autoStopDrawdown"].ifGiven?.percent(atLeast: 0).unlessZero ?? defaults?.drawdown.unlessZero,
            lossesInARow: try risk["maxConsecutiveLosses"].ifGiven?.integer(0...1_000).unlessZero.map { Int32($0) })
        let builtIn = isNamed && !criteria.symbols.isEmpty ? StrategyCatalog.choice(previously: name.text) : nil
        return SessionPlan(
            name: name, criteria: criteria, strategies: builtIn.map { [$0] } ?? [],
            stakeRule: .shareOfBalance(basisPoints: perTrade), limits: limits, duration: duration, openContracts: openContracts)
    }
}

extension PreviousDefaults {
    /// The number was percent of the balance in the form and an amount at the start: the smaller of the two holds, so that it is never
    /// laxer than either.
    func lossPerDay(_ balance: Money) -> Money? {
        guard dailyLoss > 0 else { return nil }
        let asAmount = Money(minorUnits: dailyLoss * JSONNumber.powerOfTen(balance.currency.exponent) / 100, currency: balance.currency)
        let asShare = balance.isPositive ? balance.share(basisPoints: min(dailyLoss, 10_000)) : asAmount
        let least = min(asAmount, asShare)
        return least.isPositive ? least : Money(minorUnits: 1, currency: balance.currency)
    }
}

extension JSONWriter {
    /// The risk settings of the previous system; 0 is off.
    mutating func previousMembers(_ plan: SessionPlan) {
        let limits = plan.limits
        member("maxTradesPerDay", limits.tradesPerDay ?? 0)
        if let money = limits.lossPerDay { member("dailyLossLimit", number: money) } else { member("dailyLossLimit", 0) }
        if let money = limits.greatestStake { member("maxStakeSize", number: money) } else { member("maxStakeSize", 0) }
        member("riskPerTrade", units: limits.riskPerTradeBasisPoints ?? 0, scale: 2)
        member("autoStopDrawdown", units: limits.drawdownBasisPoints ?? 0, scale: 2)
        member("maxConsecutiveLosses", limits.lossesInARow ?? 0)
    }
}
