// How long the figures of many trades take: all of them, of the whole, its days, five symbols and two sides. Beside it a
// plain loop that works out only the best known ones of the whole and the symbols, as anybody would write it.

import TradeAnalytics
import TradingModel

struct FiguresOfTrades: Benchmark {
    let name = "figures-of-trades"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let count = size.pick(full: 10_000_000, smoke: 20_000), rounds = size.pick(full: 7, smoke: 2)
        let made = MadeTrades(count)
        var checked = Samples(), whole = Samples(), named = Samples(), plain = Samples(), shares: [Int] = []
        var digest = FiguresDigest(), first: FiguresDigest?, loop = PlainFigures()
        for _ in 0..<rounds {
            let began = Stopwatch.threadTime()
            let columns = try made.columns()
            let counted = Stopwatch.threadTime()
            let report = FiguresReport(columns)
            let reported = Stopwatch.threadTime()
            digest = FiguresDigest(report)
            let ended = Stopwatch.threadTime()
            loop = PlainFigures(made)
            let looped = Stopwatch.threadTime()
            checked.add(counted - began)
            whole.add(ended - counted)
            named.add(ended - reported)
            plain.add(looped - ended)
            shares.append((ended - counted) * 1_000 / max(1, looped - ended))
            guard first == nil || first == digest else { throw BenchmarkFailure("two runs differ: \(digest) and \(first!)") }
            first = digest
            try loop.compare(report)
        }
        let streamed = try stream(made, size.pick(full: 1_000_000, smoke: 20_000))
        return BenchmarkReport(
            name: name, computed: "\(count) trades: \(digest); the plain loop agrees: \(loop)",
            figures: [
                Figure("all figures", .nanoseconds(whole.median), aim: "250 000 µs for 10 million"),
                Figure("of that, from counts to names", .nanoseconds(named.median)),
                Figure("checking the columns first", .nanoseconds(checked.median)),
                Figure("plain loop, eleven figures", .nanoseconds(plain.median)),
                Figure("all figures against the plain loop", .ratio(thousandths: shares.sorted()[shares.count / 2])),
                Figure("trade by trade", .perSecond(streamed)),
            ])
    }

    /// Trades a second, one after the other.
    private func stream(_ made: MadeTrades, _ count: Int) throws -> Int {
        let trades = (0..<count).map(made.trade)
        let began = Stopwatch.threadTime()
        var running = try RunningReport(start: made.start)
        for trade in trades { try running.add(trade) }
        let took = Stopwatch.threadTime() - began
        guard running.report.total.tally.trades == count else { throw BenchmarkFailure("not every trade was counted") }
        return count * 1_000_000_000 / max(1, took)
    }
}

/// What came of all figures, in one number: nothing can be left out.
struct FiguresDigest: Equatable, CustomStringConvertible {
    private(set) var figures = 0
    private var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    private var net: Int64 = 0

    init() {}

    init(_ report: FiguresReport) {
        net = report.total.tally.net
        add(TradeFigures.values(of: report.total))
        for year in [252, 365] { add(DailyFigures.values(of: report.days, year: year)) }
        for (_, trades) in report.bySymbol { add(TradeFigures.values(of: trades)) }
        for (_, trades) in report.bySide { add(TradeFigures.values(of: trades)) }
    }

    private mutating func add(_ values: [NamedFigure]) {
        for figure in values {
            figures += 1
            // The first twelve digits: mathematics libraries differ in the last ones.
            let number = figure.value?.number ?? 0, scale = number == 0 ? 0 : number.significand * 4_294_967_296
            hash = (hash ^ UInt64(bitPattern: Int64(scale.rounded()))) &* 0x100_0000_01b3
        }
    }

    var description: String { "\(figures) figures, net \(net), digest \(String(hash, radix: 16))" }
}
