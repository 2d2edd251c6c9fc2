import Foundation
import TradeAnalytics
import TradingModel

/// Reads a file of trades from beginning to end, a piece at a time, into a report. A line that is refused is named and
/// read over, so that one run shows them all; but then there is no report.
struct TradeFileReader {
    /// What was wrong with the file.
    struct Failure: Error, CustomStringConvertible {
        /// `trades.csv:17:34: pnl is "x", expected …` each.
        var lines: [String]
        /// Refused lines that are not shown.
        var more = 0
        var description: String { (lines + (more > 0 ? ["and \(more) more refused lines"] : [])).joined(separator: "\n") }
    }

    /// Refused lines beyond these are counted only.
    static let mostShown = 20
    /// A line of trades has some fifty bytes; this much without an end is no such file.
    static let longestLine = 4_096
    private static let piece = 1 << 20

    private let path: String
    private let start: Int64
    private var line: TradeLine
    private var number = 0
    private var failure = Failure(lines: [])
    private var progress = ReadingProgress()

    /// - Parameters:
    ///   - path: `-` is standard input.
    ///   - start: the balance before the first trade in minor units.
    init(path: String, start: Int64, decimals: Int) { (self.path, self.start, line) = (path, start, TradeLine(decimals: decimals)) }

    private var name: String { path == "-" ? "standard input" : path }

    /// - Throws: `Failure`.
    mutating func read() throws -> FiguresReport {
        var report = try RunningReport(start: start)
        let file: FileHandle
        do {
            file = path == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
        } catch { throw Failure(lines: ["\(name): cannot be read: \(error.localizedDescription)"]) }
        var rest = Data()
        while true {
            let piece: Data
            do { piece = try file.read(upToCount: TradeFileReader.piece) ?? Data() } catch {
                throw Failure(lines: ["\(name): cannot be read on: \(error.localizedDescription)"])
            }
            if piece.isEmpty { break }
            rest.append(piece)
            try takeLines(of: &rest, into: &report)
            progress.advanced(bytes: piece.count, trades: report.total.tally.trades)
        }
        if !rest.isEmpty { rest.withUnsafeBytes { takeLine($0.bindMemory(to: UInt8.self), into: &report) } }
        progress.end()
        if number == 0 { refuse(1, "the file is empty, expected the line \(TradeLine.header)", line: 1) }
        guard failure.lines.isEmpty else { throw failure }
        return report.report
    }

    /// Takes all whole lines and leaves the beginning of the next one.
    private mutating func takeLines(of data: inout Data, into report: inout RunningReport) throws {
        var taken = 0
        data.withUnsafeBytes { raw in
            let bytes = raw.bindMemory(to: UInt8.self)
            while let end = memchr(raw.baseAddress! + taken, 0x0a, bytes.count - taken) {
                let length = raw.baseAddress!.distance(to: UnsafeRawPointer(end)) - taken
                takeLine(UnsafeBufferPointer(rebasing: bytes[taken..<(taken + length)]), into: &report)
                taken += length + 1
                if taken == bytes.count { break }
            }
        }
        data = taken == data.count ? Data() : Data(data.dropFirst(taken))
        guard data.count <= TradeFileReader.longestLine else {
            failure.lines.append("\(name):\(number + 1):1: a line of more than \(TradeFileReader.longestLine) bytes, expected \(TradeLine.header)")
            throw failure
        }
    }

    private mutating func takeLine(_ whole: UnsafeBufferPointer<UInt8>, into report: inout RunningReport) {
        number += 1
        var bytes = whole
        if bytes.last == 0x0d { bytes = UnsafeBufferPointer(rebasing: bytes.dropLast()) }
        if number == 1 {
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst(3)) }
            if !bytes.elementsEqual(TradeLine.header.utf8) {
                refuse(1, "the first line is \(String(decoding: bytes.prefix(80), as: UTF8.self).debugDescription), expected \(TradeLine.header)", line: 1)
            }
            return
        }
        let trade: ClosedTrade
        do throws(TradeLine.Refusal) { trade = try line.trade(bytes) } catch { return refuse(error.column, error.reason, line: number) }
        do throws(FiguresError) { try report.add(trade) } catch { refuse(line.column(of: error), "\(error)", line: number) }
    }

    private mutating func refuse(_ column: Int, _ reason: String, line: Int) {
        if failure.lines.count < TradeFileReader.mostShown { failure.lines.append("\(name):\(line):\(column): \(reason)") } else { failure.more += 1 }
    }
}

/// Says on a terminal how far a long file has been read; elsewhere it says nothing.
private struct ReadingProgress {
    private let isShown = isatty(STDERR_FILENO) == 1
    private let began = ContinuousClock.now
    private var shown = ContinuousClock.now
    private var bytes = 0
    private var hasShown = false

    mutating func advanced(bytes count: Int, trades: Int) {
        bytes += count
        guard isShown, ContinuousClock.now - began > .seconds(1), ContinuousClock.now - shown > .milliseconds(200) else { return }
        (shown, hasShown) = (.now, true)
        Terminal.write("\r\(bytes / 1_000_000) MB read, \(trades) trades", to: STDERR_FILENO)
    }

    func end() { if hasShown { Terminal.write("\r\u{1b}[K", to: STDERR_FILENO) } }
}
