// `/api/deriv/auto-trading/analytics` and `risk-metrics`: the keys of the previous system with true values.

import PlainJSON
import TradeAnalytics
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousAnalytics {
    /// Of every session of the owner, within dates: in the currency of the token's account, else of the newest session.
    static func analytics(_ call: Call) async throws -> Reply {
        let query = try call.previousQuery(), subject = try await subject(call), calendar = Analytics.calendar(of: subject, call)
        let from = try query["startDate"].ifGiven?.previousDate(calendar, isEnd: false)
        let until = try query["endDate"].ifGiven?.previousDate(calendar, isEnd: true)
        return try await call.cached("previous \(subject.currency.code) \(subject.zone) \(from?.description ?? "") \(until?.description ?? "")") {
            let analytics = try await Analytics.read(subject, from: from, until: until, call)
            let open = try await call.reads.bought(call.owner, .open, limit: 1, offset: 0).total
            return PreviousReply.data { $0.previousAnalytics(analytics, open: open) }
        }
    }

    /// Everything of the owner's. Days are those of the session that was started last through these endpoints, else of UTC:
    /// what is traded beside it in another zone moves none of them.
    private static func subject(_ call: Call) async throws -> Analytics.Subject {
        let sessions = try await call.allSessions(), place = try await call.place()
        let currency = try await call.previousAccount()?.profile.currency ?? sessions.max { $0.id < $1.id }?.profit.currency ?? .usd
        return Analytics.Subject(currency, sessions, zone: sessions.first { $0.id == place.session }?.plan.zone ?? TradingCalendar.utc.zone)
    }

    /// Since the beginnings of the day, of the week before it and of the month before it, in minor units.
    private struct Sums: Sendable { var day: Int64 = 0, week: Int64 = 0, month: Int64 = 0, tradesOfDay: Int64 = 0 }

    /// Of the owner, but for the drawdown, which is that of the running session and 0 when none runs.
    static func riskMetrics(_ call: Call) async throws -> Reply {
        let running = try await call.previousSession(), subject = try await subject(call), calendar = Analytics.calendar(of: subject, call)
        let today = calendar.day(at: call.desk.clock.now())
        func start(_ day: TradingDay) -> Timestamp {
            let before = TradingDay(daysSince1970: day.daysSince1970 - 1)
            return calendar.endOfDay(before, near: Timestamp(milliseconds: (Int64(before.daysSince1970) * 86_400 + 43_200) * 1_000))
        }
        let starts = (day: start(today), week: start(TradingDay(daysSince1970: today.daysSince1970 - 7)), month: start(today.aMonthBefore))
        let name = "sums \(subject.currency.code) \(starts.day) \(starts.week) \(starts.month)"
        let sums = try await call.folded(name, SettledFilter(from: starts.month), from: Sums()) { sums, trade in
            guard subject.includes(trade) else { return }
            let profit = (trade.payout - trade.price).minorUnits
            sums.month += profit
            if trade.settledAt >= starts.week { sums.week += profit }
            if trade.settledAt >= starts.day { sums.day += profit }
            if trade.purchasedAt >= starts.day { sums.tradesOfDay += 1 }
        }
        let open = try await call.reads.bought(call.owner, .open, limit: Int(PreviousTrades.limitMost), offset: 0).rows
        let openOfDay = open.count { row in row.contract.map { $0.purchasedAt >= starts.day && $0.price.currency == subject.currency } ?? false }
        let all = try await Analytics.read(subject, call), figures = all.figures
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: all.currency) }
        return PreviousReply.data { json in
            json.object { json in
                json.member("dailyTradeCount", sums.tradesOfDay + Int64(openOfDay))
                json.member("dailyProfitLoss", number: money(sums.day))
                json.member("weeklyProfitLoss", number: money(sums.week))
                json.member("monthlyProfitLoss", number: money(sums.month))
                json.member("currentDrawdown", units: running?.currentDrawdown ?? 0, scale: 2)
                json.member("consecutiveLosses", figures.risk.losses)
                json.member("winRate", percent: figures.core.winRate ?? 0)
            }
        }
    }
}

extension TradingDay {
    /// The same day of the month before, or its last.
    var aMonthBefore: TradingDay {
        let today = civil, year = today.month == 1 ? today.year - 1 : today.year, month = today.month == 1 ? 12 : today.month - 1
        for day in (1...today.day).reversed() { if let found = TradingDay(year: year, month: month, day: day) { return found } }
        preconditionFailure("the month \(year)-\(month) has no day")
    }
}

extension JSONWriter {
    fileprivate mutating func previousAnalytics(_ analytics: Analytics, open: Int64) {
        object { json in
            json.previousCore(analytics)
            json.previousRisk(analytics)
            json.previousActivity(analytics)
            json.member("activeTrades", open)
            json.previousGroups(analytics)
            // As the old pages look for them.
            json.memberObject("coreMetrics") { $0.previousCore(analytics) }
            json.memberObject("riskMetrics") { $0.previousRisk(analytics) }
            json.memberObject("activityMetrics") { $0.previousActivity(analytics) }
        }
    }

    private mutating func previousCore(_ analytics: Analytics) {
        let core = analytics.figures.core, currency = analytics.currency
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: currency) }
        member("totalTrades", core.tally.trades)
        member("winningTrades", core.tally.wins)
        member("losingTrades", core.tally.losses)
        member("winRate", percent: core.winRate ?? 0)
        member("totalProfitLoss", number: money(core.tally.net))
        member("totalProfitLossPercent", percent: core.profitOfStakes ?? 0)
        member("averageWin", units: core.averageWin ?? 0, currency)
        member("averageLoss", units: -(core.averageLoss ?? 0), currency)
        member("largestWin", number: money(core.largestWin ?? 0))
        member("largestLoss", number: money(core.largestLoss ?? 0))
        previousQuotient("profitFactor", core.profitFactor, core.tally)
    }

    private mutating func previousRisk(_ analytics: Analytics) {
        let risk = analytics.figures.risk
        previousQuotient("riskToRewardRatio", risk.payoffRatio, analytics.figures.core.tally)
        member("roi", percent: risk.returnOnInvestment ?? 0)
        member("maxDrawdown", number: Money(minorUnits: risk.maxDrawdown, currency: analytics.currency))
        member("maxDrawdownPercent", percent: risk.maxDrawdownShare)
        if let factor = risk.recoveryFactor, factor.isFinite { member("recoveryFactor", ratio: factor) }
        if let ratio = risk.sharpeRatio, ratio.isFinite { member("sharpeRatio", ratio: ratio) }
    }

    private mutating func previousActivity(_ analytics: Analytics) {
        let activity = analytics.figures.activity(until: analytics.lastAt)
        member("tradesPerDay", ratio: activity.tradesPerDay ?? 0)
        member("averageTradesPerDay", ratio: activity.tradesPerActiveDay ?? 0)
        member("activeTradingDays", activity.activeDays)
        member("sessionDuration", ratio: Double(activity.durationMilliseconds) / 3_600_000)
    }

    /// Without losses: `null`, which its infinity became, when there are wins, else 0.
    private mutating func previousQuotient(_ name: StaticString, _ value: Double?, _ tally: ProfitTally) {
        if let value, value.isFinite { member(name, ratio: value) } else if tally.wins > 0, tally.losses == 0 { nullMember(name) } else { member(name, 0) }
    }

    private mutating func previousGroups(_ analytics: Analytics) {
        let figures = analytics.figures, currency = analytics.currency
        memberObject("performanceBySymbol") { json in
            for group in figures.bySymbol.groups { json.key(text: group.key.text); json.object { $0.previousTally(group.tally, currency) } }
        }
        memberObject("performanceByTimeframe") { json in
            for group in analytics.byDuration.groups { json.key(text: group.key.text); json.object { $0.previousTally(group.tally, currency) } }
        }
        for (name, key, period) in [
            ("dailyPerformance", "date", Period.day), ("weeklyPerformance", "week", .weekFromSunday), ("monthlyPerformance", "month", .month),
        ] as [(StaticString, StaticString, Period)] {
            memberArray(name) { json in
                for row in figures.breakdown(by: period).rows {
                    json.object { json in
                        json.member(key, row.text)
                        json.previousTally(row.tally, currency)
                    }
                }
            }
        }
        memberArray("equityCurve") { json in
            for point in analytics.hasBegun ? figures.curve.points : [] {
                json.object { json in
                    json.member("timestamp", point.time)
                    json.member("balance", number: Money(minorUnits: point.equity, currency: currency))
                    json.member("equity", number: Money(minorUnits: point.equity, currency: currency))
                    json.member("drawdown", number: Money(minorUnits: point.drawdown, currency: currency))
                }
            }
        }
    }

    private mutating func previousTally(_ tally: GroupTally, _ currency: Currency) {
        member("trades", tally.profits.trades)
        member("profitLoss", number: Money(minorUnits: tally.profits.net, currency: currency))
        member("winRate", percent: tally.winRate ?? 0)
    }
}
