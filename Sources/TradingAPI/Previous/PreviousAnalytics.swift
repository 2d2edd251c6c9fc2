// `/api/deriv/auto-trading/analytics` and `risk-metrics`: the keys of the previous system with true values.

import PlainJSON
import TradeAnalytics
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousAnalytics {
    /// Of every session of the token's account, within dates.
    static func analytics(_ call: Call) async throws -> Reply {
        let query = try call.previousQuery()
        let account = try await call.previousAccount()
        let subject =
            if let account { Analytics.Subject(account, try await call.allSessions()) } else { Analytics.Subject() }
        guard let calendar = ZoneCalendars.calendar(subject.zone, around: call.desk.clock.now()) else {
            preconditionFailure("the time-zone data of \(subject.zone) is missing")
        }
        let from = try query["startDate"].ifGiven?.dayOrMoment(calendar, isEnd: false)
        let until = try query["endDate"].ifGiven?.dayOrMoment(calendar, isEnd: true)
        return try await call.cached("previous \(account?.id.description ?? "nobody") \(from?.description ?? "") \(until?.description ?? "")") {
            let analytics = try await Analytics.read(subject, from: from, until: until, call)
            let open = try await call.reads.bought(call.owner, .open, limit: 1, offset: 0).total
            return PreviousReply.data { $0.previousAnalytics(analytics, open: open) }
        }
    }

    /// Profit in minor units since the beginnings of the day, of the week before it and of the month before it.
    private struct Sums: Sendable { var day: Int64 = 0, week: Int64 = 0, month: Int64 = 0, tradesOfDay: Int64 = 0 }

    /// Of the running session, or the account's figures of all time when nothing runs.
    static func riskMetrics(_ call: Call) async throws -> Reply {
        let running = try await call.previousSession()
        let subject: Analytics.Subject
        if let running {
            subject = Analytics.Subject(running)
        } else if let account = try await call.previousAccount() {
            subject = Analytics.Subject(account, try await call.allSessions())
        } else {
            subject = Analytics.Subject()
        }
        let all = try await Analytics.read(subject, call)
        let now = call.desk.clock.now(), today = all.calendar.day(at: now)
        func start(_ day: TradingDay) -> Timestamp {
            let before = TradingDay(daysSince1970: day.daysSince1970 - 1)
            return all.calendar.endOfDay(before, near: Timestamp(milliseconds: (Int64(before.daysSince1970) * 86_400 + 43_200) * 1_000))
        }
        let starts = (day: start(today), week: start(TradingDay(daysSince1970: today.daysSince1970 - 7)), month: start(today.aMonthBefore))
        let mine = subject.account, session = subject.session
        let name = "sums \(mine) \(session?.description ?? "") \(starts.day) \(starts.week) \(starts.month)"
        let sums = try await call.folded(name, SettledFilter(session: session, from: starts.month), from: Sums()) { sums, trade in
            guard trade.account == mine else { return }
            let profit = (trade.payout - trade.price).minorUnits
            sums.month += profit
            if trade.settledAt >= starts.week { sums.week += profit }
            if trade.settledAt >= starts.day { (sums.day, sums.tradesOfDay) = (sums.day + profit, sums.tradesOfDay + 1) }
        }
        func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: all.currency) }
        let figures = all.figures, daily = running?.profitToday ?? money(sums.day)
        return PreviousReply.data { json in
            json.object { json in
                json.member("dailyTradeCount", running.map { Int64($0.tradesToday) } ?? sums.tradesOfDay)
                json.member("dailyProfitLoss", number: daily)
                json.member("weeklyProfitLoss", number: money(sums.week))
                json.member("monthlyProfitLoss", number: money(sums.month))
                if let running {
                    json.member("currentDrawdown", units: running.currentDrawdown, scale: 2)
                } else {
                    json.member("currentDrawdown", percent: figures.risk.presentDrawdownShare)
                }
                json.member("consecutiveLosses", running.map { Int($0.lossesInARow) } ?? figures.risk.losses)
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
