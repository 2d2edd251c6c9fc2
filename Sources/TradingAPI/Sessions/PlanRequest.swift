// The body that a session's plan comes in.

import PlainJSON
import Strategies
import TradingModel
import TradingService

enum PlanRequest {
    static let names: Set<String> = ["name", "criteria", "strategies", "stake", "limits", "duration", "openContracts", "zone", "leastPayout"]
    static let parametersMost = 16

    /// A plan in the currency of its account. Whether the zone exists is not known here.
    static func plan(_ fields: Fields, _ currency: Currency) throws(Problem) -> SessionPlan {
        let criteria = try criteria(fields["criteria"].ifGiven)
        let strategies = try strategies(fields["strategies"].ifGiven)
        if !strategies.isEmpty, criteria.symbols.isEmpty {
            throw Problem(.missingField, "criteria.symbols is empty; expected the symbols that the strategies run on", field: "criteria.symbols")
        }
        return SessionPlan(
            name: try fields["name"].label(), criteria: criteria, strategies: strategies, stakeRule: try stakeRule(fields["stake"], currency),
            limits: try limits(fields["limits"].ifGiven, currency), duration: try fields["duration"].ifGiven?.duration() ?? .ticks(5),
            openContracts: Int32(try fields["openContracts"].ifGiven?.integer(1...100) ?? 1), zone: try fields["zone"].ifGiven?.label() ?? Label("UTC")!,
            leastPayoutBasisPoints: try leastPayout(fields["leastPayout"].ifGiven))
    }

    private static func criteria(_ field: Field?) throws(Problem) -> SignalCriteria {
        guard let fields = try field?.object(["symbols", "sources", "strategies"]) else { return SignalCriteria() }
        let most = SignalCriteria.listLongest
        return SignalCriteria(
            symbols: try fields["symbols"].ifGiven?.list(atMost: most) { field throws(Problem) in try field.symbol() } ?? [],
            sources: try fields["sources"].ifGiven?.list(atMost: most) { field throws(Problem) in try field.label() } ?? [],
            strategies: try fields["strategies"].ifGiven?.list(atMost: most) { field throws(Problem) in try field.label() } ?? [])
    }

    private static func strategies(_ field: Field?) throws(Problem) -> [StrategyChoice] {
        var choices: [StrategyChoice] = []
        for element in try field?.elements(atMost: SessionPlan.strategiesMost) ?? [] {
            let fields = try element.object(["name", "parameters"])
            var parameters: [StrategyParameter] = []
            for (name, value) in try fields["parameters"].ifGiven?.members(atMost: parametersMost) ?? [] {
                guard let label = Label(name) else {
                    throw Problem(.unknownField, "\(value.path.prefix(128)) is no parameter", field: String(value.path.prefix(128)))
                }
                parameters.append(StrategyParameter(name: label, value: try value.integer(-1_000_000_000...1_000_000_000)))
            }
            let choice = StrategyChoice(name: try fields["name"].label(), parameters: parameters)
            do throws(StrategyChoiceError) { _ = try StrategyCatalog.strategy(for: choice) } catch {
                let path = "\(element.path).\(error.field)"
                throw Problem(.invalidField, "\(path) is \(error.value); expected \(error.expected)", field: path)
            }
            choices.append(choice)
        }
        return choices
    }

    private static func stakeRule(_ field: Field, _ currency: Currency) throws(Problem) -> StakeRule {
        let fields = try field.object(["fixed", "percentOfBalance"])
        switch (fields["fixed"].ifGiven, fields["percentOfBalance"].ifGiven) {
        case (let fixed?, nil): return .fixed(try fixed.money(currency, atLeast: 1))
        case (nil, let percent?): return .shareOfBalance(basisPoints: try percent.percent(atLeast: 1))
        case (nil, nil), (_?, _?): throw field.wrong("an object with either fixed or percentOfBalance")
        }
    }

    /// Percent of the stake, stake included: above 100 or it could only lose. 0 and absent are off.
    private static func leastPayout(_ field: Field?) throws(Problem) -> Int64? {
        guard let field, let basisPoints = try field.percent(0...SessionPlan.leastPayoutMost).unlessZero else { return nil }
        guard basisPoints > 10_000 else { throw field.wrong("a percentage above 100, like 190 for a payout of 1.90 for each 1.00 staked, or 0") }
        return basisPoints
    }

    /// 0 and absent are off.
    private static func limits(_ field: Field?, _ currency: Currency) throws(Problem) -> RiskLimits {
        guard let fields = try field?.object(["tradesPerDay", "lossPerDay", "greatestStake", "riskPerTrade", "drawdown", "lossesInARow"]) else {
            return RiskLimits()
        }
        func count(_ name: String, atMost most: Int64) throws(Problem) -> Int32? {
            try fields[name].ifGiven?.integer(0...most).unlessZero.map { Int32($0) }
        }
        func money(_ name: String) throws(Problem) -> Money? {
            guard let money = try fields[name].ifGiven?.money(currency, atLeast: 0), money.isPositive else { return nil }
            return money
        }
        return RiskLimits(
            tradesPerDay: try count("tradesPerDay", atMost: 1_000_000), lossPerDay: try money("lossPerDay"), greatestStake: try money("greatestStake"),
            riskPerTradeBasisPoints: try fields["riskPerTrade"].ifGiven?.percent(atLeast: 0).unlessZero,
            drawdownBasisPoints: try fields["drawdown"].ifGiven?.percent(atLeast: 0).unlessZero, lossesInARow: try count("lossesInARow", atMost: 1_000))
    }
}

extension Int64 {
    var unlessZero: Int64? { self == 0 ? nil : self }
}

extension Call {
    /// Every symbol of a plan is one that the broker lists.
    func expectListed(_ plan: SessionPlan) async throws(Problem) {
        for (index, symbol) in plan.criteria.symbols.enumerated() {
            try await listedSymbols.expect(symbol, Field(path: "criteria.symbols[\(index)]", value: nil), desk.market)
        }
    }

    /// The engine gets this zone's days, or the field is wrong.
    func prepare(zone: Label) async throws(Problem) {
        do throws(DeskError) {
            if try await desk.prepare(zone: zone) { return }
        } catch { throw Problem(desk: error) }
        throw Problem(.invalidField, "zone is \"\(zone)\"; expected a time zone such as UTC or Asia/Kolkata", field: "zone")
    }
}
