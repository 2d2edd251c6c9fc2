// The report of many trades at once. Where the running report looks at one trade after the other and counts into every
// population it belongs to, this one counts each profit once, under its symbol and side together, and joins the counts
// afterwards; only what hangs on the order is followed per population.
public import TradingModel

extension FiguresReport {
    /// - Parameter calendar: which day a settlement belongs to.
    public init(_ columns: TradeColumns, calendar: TradingCalendar = .utc) {
        let counts = ProfitCounts(columns)
        var orders = Orders(columns)
        let days = orders.follow(columns, calendar: calendar)
        func population(_ order: Order, _ runs: [ProfitRun]) -> TradePopulation {
            guard let tally = try? ProfitTally(runs) else { preconditionFailure("sums of columns that were found to fit do not") }
            return TradePopulation(tally: tally, runs: runs, streaks: order.streaks, path: order.path)
        }
        total = population(orders.total, counts.runs { _, _ in true })
        self.days = DailyReturns(days)
        bySymbol = columns.symbols.enumerated().map { place, symbol in (symbol, population(orders.symbols[place], counts.runs { s, _ in s == place })) }
            .filter { $0.1.tally.trades > 0 }.sorted { $0.0 < $1.0 }.map { (symbol: $0.0, trades: $0.1) }
        bySide = columns.sides.enumerated().map { place, side in (side, population(orders.sides[place], counts.runs { _, s in s == place })) }
            .filter { $0.1.tally.trades > 0 }.sorted { $0.0 < $1.0 }.map { (side: $0.0, trades: $0.1) }
    }
}

/// What hangs on the order of the trades.
private struct Order {
    var streaks = Streaks()
    var path: EquityPath

    @inline(__always)
    mutating func add(_ profit: Int64) {
        streaks.add(profit)
        path.add(profit)
    }
}

private struct Orders {
    var total: Order
    var symbols: [Order]
    var sides: [Order]

    init(_ columns: TradeColumns) {
        let fresh = Order(path: EquityPath(start: columns.start))
        total = fresh
        symbols = [Order](repeating: fresh, count: columns.symbols.count)
        sides = [Order](repeating: fresh, count: columns.sides.count)
    }

    mutating func follow(_ columns: TradeColumns, calendar: TradingCalendar) -> DailyProfits {
        guard var days = try? DailyProfits(start: columns.start) else { preconditionFailure("columns with a start balance that is none") }
        var until = Int64.min, day = TradingDay(daysSince1970: 0), ofDay: Int64 = 0
        func endDay() {
            guard until != .min else { return }
            do { try days.add(ofDay, on: day) } catch { preconditionFailure("columns in order have days that are not: \(error)") }
        }
        var total = total
        let count = columns.count
        symbols.withUnsafeMutableBufferPointer { symbols in
            sides.withUnsafeMutableBufferPointer { sides in
                for row in 0..<count {
                    let profit = columns.profits[row], close = columns.closes[row]
                    if close >= until {
                        endDay()
                        let moment = Timestamp(seconds: close)
                        (day, until, ofDay) = (calendar.day(at: moment), calendar.nextDay(after: moment).seconds, 0)
                    }
                    ofDay += profit
                    total.add(profit)
                    symbols[Int(columns.symbolPlaces[row])].add(profit)
                    sides[Int(columns.sidePlaces[row])].add(profit)
                }
            }
        }
        endDay()
        self.total = total
        return days
    }
}

/// How often each profit came, by symbol and side.
private struct ProfitCounts {
    /// More counters than this, and sorting costs less.
    static let mostCounters = 1 << 22

    let lowest: Int64, width: Int, sides: Int
    /// By symbol, side and profit; empty when the profits spread too wide.
    private var counters: [UInt32] = []
    /// The profits by symbol and side, when they do.
    private var lists: [[Int64]] = []

    init(_ columns: TradeColumns) {
        let cells = columns.symbols.count * columns.sides.count
        (lowest, sides) = (columns.lowest, columns.sides.count)
        let width = columns.highest - columns.lowest + 1
        self.width = Int(width)
        let sides = sides, lowest = lowest
        guard width * Int64(cells) <= Int64(ProfitCounts.mostCounters), columns.count <= UInt32.max else {
            lists = [[Int64]](repeating: [], count: cells)
            for row in 0..<columns.count { lists[Int(columns.symbolPlaces[row]) * sides + Int(columns.sidePlaces[row])].append(columns.profits[row]) }
            return
        }
        counters = [UInt32](repeating: 0, count: Int(width) * cells)
        counters.withUnsafeMutableBufferPointer { counters in
            for row in 0..<columns.count {
                let cell = Int(columns.symbolPlaces[row]) * sides + Int(columns.sidePlaces[row])
                counters[cell &* Int(width) &+ Int(columns.profits[row] &- lowest)] &+= 1
            }
        }
    }

    /// The runs of all symbols and sides that are chosen.
    func runs(where isChosen: (_ symbol: Int, _ side: Int) -> Bool) -> [ProfitRun] {
        let cells = counters.isEmpty ? lists.count : counters.count / width
        let chosen = (0..<cells).filter { isChosen($0 / sides, $0 % sides) }
        guard !counters.isEmpty else { return ProfitRun.runs(of: chosen.flatMap { lists[$0] }) }
        var sums = [UInt64](repeating: 0, count: width)
        for cell in chosen { for place in 0..<width { sums[place] += UInt64(counters[cell * width + place]) } }
        return ProfitRun.runs(of: sums, from: lowest)
    }
}
