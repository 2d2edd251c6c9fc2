import TradingModel

/// What the engine needs to know but does not decide and does not record: time-zone tables and what the broker sells.
/// Given anew at each start.
struct ReferenceData: Sendable {
    private var zones = Roster<Zone>()
    private var offers = Roster<Offered>()
    var quotes = Quotes()

    init() { zones.insert(Zone(.utc, at: Timestamp(milliseconds: 0))) }

    // MARK: Days

    /// A zone's table, and the day of it that was asked for last: nearly every question is about the same one.
    private struct Zone: Identified {
        var calendar: TradingCalendar
        var today: Today
        var id: Label { calendar.zone }
        init(_ calendar: TradingCalendar, at now: Timestamp) {
            self.calendar = calendar
            today = Today(in: calendar, at: now)
        }
    }

    /// A trading day with its bounds: from `from` until before `until`.
    struct Today {
        let day: TradingDay
        let from: Timestamp
        let until: Timestamp

        init(in calendar: TradingCalendar, at now: Timestamp) {
            day = calendar.day(at: now)
            var before = now
            while calendar.day(at: before) >= day { before = before.adding(seconds: -6 * 3_600) }
            from = calendar.nextDay(after: before)
            until = calendar.nextDay(after: now)
        }

        func holds(_ now: Timestamp) -> Bool { from <= now && now < until }
    }

    mutating func learn(_ calendar: TradingCalendar, at now: Timestamp) {
        if zones.contains(calendar.zone) { zones.remove(calendar.zone) }
        zones.insert(Zone(calendar, at: now))
    }

    func knows(_ zone: Label) -> Bool { zones.contains(zone) }

    /// Keeps the day that `now` belongs to at hand.
    mutating func turnDays(at now: Timestamp) {
        for place in zones.elements.indices where !zones[at: place].today.holds(now) {
            zones[at: place].today = Today(in: zones[at: place].calendar, at: now)
        }
    }

    /// The trading day of a zone whose table was given.
    func today(in zone: Label, at now: Timestamp) -> Today {
        #if SeededBugs
        if SeededBug.daysAreUTC.isPlanted { return Today(in: .utc, at: now) }
        #endif
        guard let place = zones.place(of: zone) else { preconditionFailure("the calendar of \(zone) was not given") }
        return zones[at: place].today.holds(now) ? zones[at: place].today : Today(in: zones[at: place].calendar, at: now)
    }

    /// The first moment after a day; nil when the zone's table was not given.
    func end(of day: TradingDay, in zone: Label) -> Timestamp? {
        guard let place = zones.place(of: zone) else { return nil }
        if zones[at: place].today.day == day { return zones[at: place].today.until }
        // Found from any moment in it.
        return zones[at: place].calendar.endOfDay(day, near: Timestamp(milliseconds: (Int64(day.daysSince1970) * 86_400 + 43_200) * 1_000))
    }

    // MARK: Offers

    private struct Offered: Identified {
        struct ID: Comparable {
            var account: AccountID, symbol: Symbol
            static func < (a: ID, b: ID) -> Bool { (a.account, a.symbol) < (b.account, b.symbol) }
        }
        let id: ID
        var offers: [Offer]
    }

    /// What is sold on a symbol; nil while the broker has not said it.
    func offers(_ account: AccountID, _ symbol: Symbol) -> [Offer]? {
        offers.place(of: Offered.ID(account: account, symbol: symbol)).map { offers[at: $0].offers }
    }

    mutating func learn(_ new: [Offer], account: AccountID, symbol: Symbol) {
        let id = Offered.ID(account: account, symbol: symbol)
        if let place = offers.place(of: id) { offers[at: place].offers = new } else { offers.insert(Offered(id: id, offers: new)) }
    }
}
