import PlainJSON
import TradeAnalytics
import TradingModel

/// The report as one JSON object. Sums of money have all of the currency's decimals; an undefined figure is null.
enum FiguresJSON {
    static func text(_ report: FiguresReport, years: [Int], decimals: Int) -> String {
        var json = JSONWriter(capacity: 1 << 14)
        json.object { json in
            json.key("by_hand_trades")
            write(TradeFigures.values(of: report.total), decimals, to: &json)
            json.memberObject("by_hand_daily") { json in
                for year in years {
                    json.key(text: "\(year)")
                    write(DailyFigures.values(of: report.days, year: year), decimals, to: &json)
                }
            }
            json.memberObject("by_symbol") { json in
                for (symbol, trades) in report.bySymbol {
                    json.key(text: symbol.text)
                    write(TradeFigures.values(of: trades), decimals, to: &json)
                }
            }
            json.memberObject("by_side") { json in
                for (side, trades) in report.bySide {
                    json.key(text: side.text)
                    write(TradeFigures.values(of: trades), decimals, to: &json)
                }
            }
        }
        return json.text
    }

    private static func write(_ figures: [NamedFigure], _ decimals: Int, to json: inout JSONWriter) {
        json.object { json in
            for figure in figures {
                json.key(text: figure.key)
                switch figure.value {
                case .count(let count): json.value(count)
                case .money(let units): json.value(units: units, scale: decimals)
                case .amount(let amount): json.raw(Array("\(amount / unit(decimals))".utf8))
                case .ratio(let ratio): json.raw(Array("\(ratio)".utf8))
                case nil: json.null()
                }
            }
        }
    }

    /// Minor units in a unit of the currency.
    static func unit(_ decimals: Int) -> Double { (0..<decimals).reduce(1) { unit, _ in unit * 10 } }
}
