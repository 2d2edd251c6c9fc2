// Figures of settled trades under `/api/v1`: of a session, or of an account over all its sessions, within dates.

import PlainJSON
import TradeAnalytics
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum AnalyticsRoutes {
    static func ofSession(_ call: Call) async throws -> Reply {
        let id = try call.session(), parameters = try call.parameters(["from", "to"])
        guard let session = try await call.reads.session(id, owner: call.owner) else { throw Problem(Decline.sessionNotFound) }
        return try await answer(Analytics.Subject(session), parameters, "session \(id)", call)
    }

    static func ofAccount(_ call: Call) async throws -> Reply {
        let id = try call.account(), parameters = try call.parameters(["from", "to"])
        guard let account = try await call.reads.account(id, owner: call.owner) else { throw Problem(Decline.accountNotFound) }
        return try await answer(Analytics.Subject(account, call.allSessions()), parameters, "account \(id)", call)
    }

    /// Over all accounts of one currency: the one that is named, or that of the newest session.
    static func ofOwner(_ call: Call) async throws -> Reply {
        let parameters = try call.parameters(["from", "to", "currency"]), sessions = try await call.allSessions()
        let traded = sessions.filter { $0.startedAt != nil }
        var currency = traded.max { $0.id < $1.id }?.profit.currency ?? .usd
        if let field = parameters["currency"].ifGiven {
            let codes = Set(traded.map(\.profit.currency.code)).sorted(), code = try field.text()
            guard let found = traded.map(\.profit.currency).first(where: { $0.code == code }) else {
                throw field.wrong(codes.isEmpty ? "nothing: no session was started yet" : "one of \(codes.joined(separator: ", "))")
            }
            currency = found
        }
        return try await answer(Analytics.Subject(currency, sessions), parameters, "owner \(currency.code)", call)
    }

    private static func answer(_ subject: Analytics.Subject, _ parameters: Fields, _ name: String, _ call: Call) async throws -> Reply {
        let calendar = Analytics.calendar(of: subject, call)
        let from = try parameters["from"].ifGiven?.dayOrMoment(calendar, isEnd: false)
        let until = try parameters["to"].ifGiven?.dayOrMoment(calendar, isEnd: true)
        if let from, let until, until <= from { throw parameters["to"].wrong("a time that is not before from") }
        return try await call.cached("\(name) \(from?.description ?? "") \(until?.description ?? "")") {
            let analytics = try await Analytics.read(subject, from: from, until: until, call)
            return .json { $0.value(analytics) }
        }
    }
}

extension JSONWriter {
    mutating func value(_ analytics: Analytics) {
        let figures = analytics.figures, currency = analytics.currency
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
        object { json in
            json.member("currency", currency.code)
            json.member("zone", analytics.calendar.zone.text)
            json.member("from", ifAny: analytics.from?.description)
            json.member("until", ifAny: analytics.until?.description)
            json.member("startBalance", money(analytics.start))
            json.memberObject("core") { $0.members(figures.core, currency) }
            json.memberObject("risk") { $0.members(figures.risk, currency) }
            json.memberObject("activity") { $0.members(figures.activity(until: analytics.lastAt)) }
            json.memberArray("equityCurve") { json in
                for point in figures.curve.points {
                    json.object { json in
                        json.member("at", point.time)
                        json.member("equity", money(point.equity))
                        json.member("drawdown", money(point.drawdown))
                    }
                }
            }
            json.memberArray("bySymbol") { json in for group in figures.bySymbol.groups { json.row("symbol", group.key.text, group.tally, currency) } }
            json.memberArray("byKind") { json in for group in figures.bySide.groups { json.row("kind", group.key.text, group.tally, currency) } }
            json.memberArray("byDuration") { json in for group in analytics.byDuration.groups { json.row("duration", group.key.text, group.tally, currency) } }
            json.memberObject("byTime") { json in
                for (name, period) in AnalyticsRoutes.periods {
                    let rows = figures.breakdown(by: period).rows
                    json.memberArray(name) { json in
                        // Hours are many: those of the last 31 days with trades.
                        for row in period == .hour ? rows.suffix(31 * 24) : rows[...] { json.row("period", row.text, row.tally, currency) }
                    }
                }
                json.memberArray("week") { json in
                    for week in figures.breakdown(by: .isoWeek).rows(with: figures.breakdown(by: .day)) {
                        json.row("period", week.text, week.tally, currency) { json in
                            json.memberArray("days") { json in for day in week.parts { json.row("period", day.text, day.tally, currency) } }
                        }
                    }
                }
            }
        }
    }

    private mutating func members(_ core: CoreFigures, _ currency: Currency) {
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
        member("trades", core.tally.trades)
        member("wins", core.tally.wins)
        member("losses", core.tally.losses)
        member("winRate", percent: core.winRate)
        member("profit", money(core.tally.net))
        member("stakes", money(core.stakes))
        member("profitOfStakes", percent: core.profitOfStakes)
        member("profitFactor", ratio: core.profitFactor)
        member("expectancy", units: core.expectancy, currency)
        member("averageStake", units: core.averageStake, currency)
        member("averageWin", units: core.averageWin, currency)
        member("averageLoss", units: core.averageLoss, currency)
        member("largestWin", ifAny: core.largestWin.map(money))
        member("largestLoss", ifAny: core.largestLoss.map(money))
    }

    private mutating func members(_ risk: RiskFigures, _ currency: Currency) {
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
        member("returnOnInvestment", percent: risk.returnOnInvestment)
        member("maxDrawdown", money(risk.maxDrawdown))
        member("maxDrawdownPercent", percent: risk.maxDrawdownShare)
        member("presentDrawdown", money(risk.presentDrawdown))
        member("presentDrawdownPercent", percent: risk.presentDrawdownShare)
        member("recoveryFactor", ratio: risk.recoveryFactor)
        member("payoffRatio", ratio: risk.payoffRatio)
        member("sharpeRatio", ratio: risk.sharpeRatio)
        member("sortinoRatio", ratio: risk.sortinoRatio)
        member("longestWins", risk.longestWins)
        member("longestLosses", risk.longestLosses)
        member("lossesInARow", risk.losses)
    }

    private mutating func members(_ activity: ActivityFigures) {
        member("activeDays", activity.activeDays)
        member("days", activity.days)
        member("tradesPerDay", ratio: activity.tradesPerDay)
        member("tradesPerActiveDay", ratio: activity.tradesPerActiveDay)
        member("hours", ratio: Double(activity.durationMilliseconds) / 3_600_000)
    }

    private mutating func row(
        _ name: StaticString, _ key: String, _ tally: GroupTally, _ currency: Currency, _ more: (inout JSONWriter) -> Void = { _ in }
    ) {
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
        object { json in
            json.member(name, key)
            json.member("trades", tally.profits.trades)
            json.member("wins", tally.profits.wins)
            json.member("losses", tally.profits.losses)
            json.member("winRate", percent: tally.winRate)
            json.member("profit", money(tally.profits.net))
            json.member("stakes", money(tally.stakes))
            json.member("averageWin", units: tally.averageWin, currency)
            json.member("averageLoss", units: tally.averageLoss, currency)
            more(&json)
        }
    }

    // MARK: What is no sum of money

    /// As it is; what says nothing is null.
    mutating func member(_ name: StaticString, ratio: Double?) {
        guard let ratio, ratio.isFinite else { return nullMember(name) }
        key(name)
        // A zero has no sign.
        raw(Array("\(ratio + 0)".utf8))
    }
    mutating func member(_ name: StaticString, percent share: Double?) { member(name, ratio: share.map { $0 * 100 }) }
    /// A mean of amounts, in whole units of the currency with every decimal it has.
    mutating func member(_ name: StaticString, units: Double?, _ currency: Currency) {
        member(name, ratio: units.map { $0 / currency.unit })
    }
}

extension Currency {
    /// Minor units of one unit: 100 for USD.
    var unit: Double { (0..<exponent).reduce(1) { unit, _ in unit * 10 } }
}

extension AnalyticsRoutes {
    static let periods: [(StaticString, Period)] = [
        ("hour", .hour), ("hourOfDay", .hourOfDay), ("weekday", .weekday), ("day", .day), ("month", .month),
    ]
}
