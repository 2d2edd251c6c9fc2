import TradeAnalytics
import TradingModel

/// Reads the lines of a file of trades from their bytes. It remembers the names it has met, of which there are few.
struct TradeLine {
    static let columns = ["id", "symbol", "side", "open_epoch", "close_epoch", "stake", "pnl"]
    static let header = columns.joined(separator: ",")

    /// Why a line was refused, and the byte of the line it begins at, counted from 1.
    struct Refusal: Error, Hashable {
        let column: Int
        let reason: String
    }

    /// Names are compared as two words.
    private struct Packed: Hashable { var high: UInt64 = 0, low: UInt64 = 0 }

    let decimals: Int
    private var symbols: [(packed: Packed, symbol: Symbol)] = []
    private var sides: [(packed: Packed, side: Label)] = []
    /// Where each field begins in the line, and where the last one ends, plus one.
    private var bounds = [Int](repeating: 0, count: TradeLine.columns.count + 1)

    /// - Parameter decimals: of the amounts' currency, 0 to 8.
    init(decimals: Int) { self.decimals = decimals }

    /// The trade of a line without its end.
    mutating func trade(_ line: UnsafeBufferPointer<UInt8>) throws(Refusal) -> ClosedTrade {
        try split(line)
        guard bounds[1] - bounds[0] > 1 else { throw refusal(0, line, "a name or a number") }
        let symbol = try symbol(line), side = try side(line)
        let opened = try epoch(3, line), closed = try epoch(4, line)
        guard closed >= opened else { throw Refusal(column: bounds[4] + 1, reason: "close_epoch \(closed) is before open_epoch \(opened)") }
        let stake = try amount(5, line), profit = try amount(6, line)
        return ClosedTrade(symbol: symbol, side: side, closedAt: Timestamp(seconds: closed), stake: stake, profit: profit)
    }

    /// The column that the figures found fault with.
    func column(of error: FiguresError) -> Int {
        switch error {
        case .outOfOrder, .noSuchTime: bounds[4] + 1
        case .negativeStake: bounds[5] + 1
        case .amountTooLarge, .sumTooLarge, .unevenColumns, .tooManyGroups, .startBalance: bounds[6] + 1
        }
    }

    private mutating func split(_ line: UnsafeBufferPointer<UInt8>) throws(Refusal) {
        var field = 0
        for place in 0..<line.count where line[place] == 0x2c {
            field += 1
            guard field < TradeLine.columns.count else {
                throw Refusal(column: place + 1, reason: "more than \(TradeLine.columns.count) fields: \(TradeLine.header)")
            }
            bounds[field] = place + 1
        }
        guard field == TradeLine.columns.count - 1 else {
            throw Refusal(column: line.count + 1, reason: "\(line.isEmpty ? "an empty line" : "\(field + 1) fields"), expected \(TradeLine.header)")
        }
        bounds[TradeLine.columns.count] = line.count + 1
    }

    private func field(_ number: Int, _ line: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
        line[bounds[number]..<(bounds[number + 1] - 1)]
    }

    private func refusal(_ number: Int, _ line: UnsafeBufferPointer<UInt8>, _ expected: String) -> Refusal {
        let text = String(decoding: field(number, line).prefix(40), as: UTF8.self)
        return Refusal(
            column: bounds[number] + 1, reason: "\(TradeLine.columns[number]) is \(text.isEmpty ? "empty" : text.debugDescription), expected \(expected)")
    }

    private func packed(_ field: Slice<UnsafeBufferPointer<UInt8>>) -> Packed? {
        guard field.count <= 16 else { return nil }
        var packed = Packed()
        for byte in field { (packed.high, packed.low) = (packed.high << 8 | packed.low >> 56, packed.low << 8 | UInt64(byte)) }
        return packed
    }

    private mutating func symbol(_ line: UnsafeBufferPointer<UInt8>) throws(Refusal) -> Symbol {
        let bytes = field(1, line), packed = packed(bytes)
        if let packed, let known = symbols.first(where: { $0.packed == packed }) { return known.symbol }
        guard let symbol = Symbol(String(decoding: bytes, as: UTF8.self)) else {
            throw refusal(1, line, "2 to 16 letters, digits and underscores")
        }
        if let packed { symbols.append((packed, symbol)) }
        return symbol
    }

    private mutating func side(_ line: UnsafeBufferPointer<UInt8>) throws(Refusal) -> Label {
        let bytes = field(2, line), packed = packed(bytes)
        if let packed, let known = sides.first(where: { $0.packed == packed }) { return known.side }
        guard let side = Label(String(decoding: bytes, as: UTF8.self)) else { throw refusal(2, line, "1 to 32 bytes without spaces at their ends") }
        if let packed { sides.append((packed, side)) }
        return side
    }

    private func epoch(_ number: Int, _ line: UnsafeBufferPointer<UInt8>) throws(Refusal) -> Int64 {
        let bytes = field(number, line)
        var value: Int64 = 0
        guard (1...12).contains(bytes.count) else { throw refusal(number, line, "seconds since 1970") }
        for byte in bytes {
            guard byte &- 0x30 < 10 else { throw refusal(number, line, "seconds since 1970") }
            value = value * 10 + Int64(byte - 0x30)
        }
        guard value <= Timestamp.distantFuture.seconds else { throw refusal(number, line, "seconds since 1970, up to the year 9999") }
        return value
    }

    private func amount(_ number: Int, _ line: UnsafeBufferPointer<UInt8>) throws(Refusal) -> Int64 {
        let bytes = field(number, line)
        var value: Int64 = 0, places = -1, digits = 0, place = bytes.startIndex
        let isNegative = bytes.first == 0x2d
        if isNegative { place += 1 }
        while place < bytes.endIndex {
            let byte = bytes[place]
            place += 1
            if byte == 0x2e, places < 0, digits > 0, place < bytes.endIndex { places = 0; continue }
            guard byte &- 0x30 < 10, value <= Money.most else { throw refusal(number, line, expectedAmount) }
            if places == decimals {
                // A zero more changes nothing; another digit would be lost.
                guard byte == 0x30 else { throw refusal(number, line, expectedAmount) }
                continue
            }
            value = value * 10 + Int64(byte - 0x30)
            digits += 1
            if places >= 0 { places += 1 }
        }
        guard digits > 0 else { throw refusal(number, line, expectedAmount) }
        for _ in max(0, places)..<decimals {
            guard value <= Money.most else { throw refusal(number, line, expectedAmount) }
            value *= 10
        }
        guard value <= Money.most else { throw refusal(number, line, expectedAmount) }
        return isNegative ? -value : value
    }

    private var expectedAmount: String {
        "an amount with \(decimals == 0 ? "no" : "at most \(decimals)") decimals, up to \(Decimals.text(Money.most, decimals: decimals))"
    }
}
