import TradingModel

/// What the engine needs to know but does not decide and does not record: time-zone tables and what the broker sells.
/// Given anew at each start.
struct ReferenceData: Sendable {
    private var calendars: [Label: TradingCalendar] = [TradingCalendar.utc.zone: .utc]
    private struct Key: Hashable { var account: AccountID, symbol: Symbol }
    private var offers: [Key: [Offer]] = [:]
    var quotes = Quotes()

    func calendar(_ zone: Label) -> TradingCalendar? { calendars[zone] }
    mutating func learn(_ calendar: TradingCalendar) { calendars[calendar.zone] = calendar }

    func offers(_ account: AccountID, _ symbol: Symbol) -> [Offer]? { offers[Key(account: account, symbol: symbol)] }
    mutating func learn(_ offers: [Offer], account: AccountID, symbol: Symbol) { self.offers[Key(account: account, symbol: symbol)] = offers }
}
