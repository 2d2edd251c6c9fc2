// The figures of settled trades for a question of the API: of a session, of an account over all its sessions, or of an
// owner over all accounts of one currency, within dates. The same for both interfaces.

import PlainJSON
import TradeAnalytics
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

/// Settled trades of one currency, and what they come to.
struct Analytics: Sendable {
    let currency: Currency
    let calendar: TradingCalendar
    var figures: SessionFigures
    /// By the duration of the contract.
    var byDuration = Breakdown<DurationKey>()
    /// The balance before the first trade in minor units: start balance and what had been settled before the range.
    let start: Int64
    let from: Timestamp?
    let until: Timestamp?
    let hasBegun: Bool
    /// The last settlement, or the start.
    var lastAt: Timestamp

    /// Whose trades, and where their equity begins.
    struct Subject: Sendable {
        /// Nil: all of the owner's.
        var account: AccountID?
        var session: SessionID?
        var currency: Currency
        var startBalance: Money
        var startedAt: Timestamp
        var zone: Label
        /// Whether anything was ever started; without, there is no curve.
        var hasBegun = true

        /// All sessions of an owner in one currency, whatever account they traded on and whether it is still there: the start is
        /// that of the first that was started.
        /// - Parameter zone: whose days are meant; the newest session's, unless given.
        init(_ currency: Currency, _ sessions: [SessionRow], zone: Label? = nil) {
            let started = sessions.filter { $0.profit.currency == currency && $0.startedAt != nil }
            let first = started.min { ($0.startedAt!, $0.id) < ($1.startedAt!, $1.id) }
            self.currency = currency
            (startBalance, startedAt) = (first?.startBalance ?? .zero(currency), first?.startedAt ?? Timestamp(milliseconds: 0))
            self.zone = zone ?? started.max { $0.id < $1.id }?.plan.zone ?? TradingCalendar.utc.zone
            hasBegun = first != nil
        }

        init(_ session: SessionRow) {
            (account, self.session, currency, startBalance) = (session.account, session.id, session.profit.currency, session.startBalance)
            (startedAt, zone) = (session.startedAt ?? session.createdAt, session.plan.zone)
        }

        /// All sessions of an account: the start is that of the first that was started, the zone that of the newest.
        init(_ account: AccountRow, _ sessions: [SessionRow]) {
            let started = sessions.filter { $0.account == account.id && $0.startedAt != nil }
            let first = started.min { ($0.startedAt!, $0.id) < ($1.startedAt!, $1.id) }
            (self.account, currency) = (account.id, account.profile.currency)
            (startBalance, startedAt) = (first?.startBalance ?? account.balance, first?.startedAt ?? Timestamp(milliseconds: 0))
            zone = started.max { $0.id < $1.id }?.plan.zone ?? TradingCalendar.utc.zone
            hasBegun = first != nil
        }

        func includes(_ trade: SettledTrade) -> Bool { (account == nil || trade.account == account) && trade.price.currency == currency }
    }

    /// The question's zone, as days.
    static func calendar(of subject: Subject, _ call: Call) -> TradingCalendar {
        guard let calendar = ZoneCalendars.calendar(subject.zone, around: call.desk.clock.now()) else {
            preconditionFailure("the time-zone data of \(subject.zone) is missing")
        }
        return calendar
    }

    /// - Parameter until: not included.
    static func read(_ subject: Subject, from: Timestamp? = nil, until: Timestamp? = nil, _ call: Call) async throws -> Analytics {
        struct Pass: Sendable { var before: Int64 = 0, analytics: Analytics? }
        let calendar = calendar(of: subject, call)
        @Sendable func begin(_ before: Int64) throws -> Analytics {
            // Equity that is none can be measured against nothing; figures begin at the least there is.
            let start = min(Money.most, max(1, subject.startBalance.minorUnits + before))
            let startedAt = max(subject.startedAt, from ?? subject.startedAt)
            return Analytics(
                currency: subject.currency, calendar: calendar, figures: try SessionFigures(start: start, startedAt: startedAt, calendar: calendar),
                start: start, from: from, until: until, hasBegun: subject.hasBegun, lastAt: startedAt)
        }
        let name =
            "\(subject.account?.description ?? "all") \(subject.currency.code) \(subject.session?.description ?? "") \(subject.startBalance.minorUnits) \(subject.startedAt) \(subject.zone)"
        let range = "\(from?.description ?? "") \(until?.description ?? "")"
        let pass = try await call.folded("\(name) \(range)", SettledFilter(session: subject.session, until: until), from: Pass()) { pass, trade in
            guard subject.includes(trade) else { return }
            let profit = (trade.payout - trade.price).minorUnits
            if let from, trade.settledAt < from { pass.before += profit; return }
            // In place: the figures are large.
            var analytics = try pass.analytics.take() ?? begin(pass.before)
            try analytics.add(trade, profit: profit)
            pass.analytics = consume analytics
        }
        return try pass.analytics ?? begin(pass.before)
    }

    private mutating func add(_ trade: SettledTrade, profit: Int64) throws {
        // The broker's clock may say an end before the session's start, which is ours.
        lastAt = max(lastAt, trade.settledAt)
        let closed = ClosedTrade(
            symbol: trade.terms.symbol, side: trade.terms.kind.label, closedAt: lastAt, stake: trade.price.minorUnits, profit: profit)
        try figures.add(closed)
        try byDuration.add(profit, stake: trade.price.minorUnits, to: DurationKey(trade.terms.duration))
    }
}

/// A contract's duration: ticks before seconds before minutes, short before long.
struct DurationKey: Comparable, Hashable, Sendable {
    let duration: ContractDuration
    init(_ duration: ContractDuration) { self.duration = duration }
    var text: String { duration.text }
    static func < (a: DurationKey, b: DurationKey) -> Bool {
        (a.duration.unit.rawValue, a.duration.count) < (b.duration.unit.rawValue, b.duration.count)
    }
}

extension ContractKind {
    private static let labels = ContractKind.allCases.map { Label($0.name)! }
    var label: Label { ContractKind.labels[Int(rawValue)] }
}

extension Call {
    /// Every session of the owner.
    func allSessions() async throws -> [SessionRow] {
        var sessions: [SessionRow] = [], after: String?
        repeat {
            let page = try await reads.sessions(owner, Page(SessionFilter(), after: after, limit: 500))
            sessions += page.rows
            after = page.next
        } while after != nil
        return sessions
    }
}

extension Field {
    /// A day of the calendar (`2026-11-22`) or a moment. As the end of a range a day includes all of itself.
    func dayOrMoment(_ calendar: TradingCalendar, isEnd: Bool) throws(Problem) -> Timestamp {
        guard let text = value?.string else { throw wrong("a date such as 2026-11-22 or a moment such as 2026-11-22T10:15:30Z") }
        if let moment = Timestamp(iso8601: text) { return isEnd ? moment.adding(milliseconds: 1) : moment }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), year >= 1970,
            let found = TradingDay(year: year, month: month, day: day)
        else { throw wrong("a date such as 2026-11-22 or a moment such as 2026-11-22T10:15:30Z") }
        let wanted = isEnd ? found : TradingDay(daysSince1970: found.daysSince1970 - 1)
        return calendar.endOfDay(wanted, near: Timestamp(milliseconds: (Int64(wanted.daysSince1970) * 86_400 + 43_200) * 1_000))
    }
}

extension Optional {
    /// What is there, leaving nothing behind.
    fileprivate mutating func take() -> Wrapped? {
        defer { self = nil }
        return self
    }
}
