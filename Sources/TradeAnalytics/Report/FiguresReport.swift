public import TradingModel

/// All figures of a list of trades: of the whole, of its days, of each symbol and of each side. Each population starts
/// from the same balance, as if it had been traded alone.
public struct FiguresReport: Equatable, Sendable {
    public let total: TradePopulation
    public let days: DailyReturns
    /// In order of symbol.
    public let bySymbol: [(symbol: Symbol, trades: TradePopulation)]
    /// In order of side.
    public let bySide: [(side: Label, trades: TradePopulation)]

    public static func == (a: FiguresReport, b: FiguresReport) -> Bool {
        a.total == b.total && a.days == b.days && a.bySymbol.elementsEqual(b.bySymbol, by: ==) && a.bySide.elementsEqual(b.bySide, by: ==)
    }
}
