/// A moment in broker time: milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    public var milliseconds: Int64
    @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    @inlinable public init(seconds: Int64) { milliseconds = seconds * 1_000 }

    @inlinable public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
    @inlinable public func adding(seconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds + seconds * 1_000) }
    @inlinable public func adding(milliseconds more: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds + more) }
    /// Milliseconds from `earlier` to this moment; negative when it is later.
    @inlinable public func milliseconds(since earlier: Timestamp) -> Int64 { milliseconds - earlier.milliseconds }
    /// Whole seconds, rounded towards the past: the broker's epoch.
    @inlinable public var seconds: Int64 { milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000 }

    /// Later than anything that happens.
    public static let distantFuture = Timestamp(milliseconds: 253_402_300_799_999)
}

extension Timestamp: CustomStringConvertible {
    /// ISO 8601 in UTC with milliseconds: `2026-11-22T10:15:30.250Z`.
    public var description: String {
        // Outside the years that a civil date can be written for, the number itself is the clearest text.
        guard (-62_135_596_800_000...253_402_300_799_999).contains(milliseconds) else { return "\(milliseconds) ms" }
        let day = TradingDay(daysSince1970: Int32(TradingDay.floorDivide(milliseconds, 86_400_000)))
        let inDay = milliseconds - Int64(day.daysSince1970) * 86_400_000
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let fraction = inDay % 1_000
        return
            "\(day)T\(two(inDay / 3_600_000)):\(two(inDay / 60_000 % 60)):\(two(inDay / 1_000 % 60)).\(fraction < 10 ? "00" : fraction < 100 ? "0" : "")\(fraction)Z"
    }
}

extension Timestamp {
    /// The moment of an ISO 8601 text in UTC or with an offset (`2026-11-22T10:15:30Z`, `…30.250+05:30`), or nil.
    public init?(iso8601 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte &- 0x30 < 10 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == 0x2d, bytes[7] == 0x2d, bytes[10] | 0x20 == 0x74, bytes[13] == 0x3a, bytes[16] == 0x3a,
            let year = number(0..<4), let month = number(5..<7), let dayOfMonth = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            let day = TradingDay(year: Int(year), month: Int(month), day: Int(dayOfMonth)),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19, milliseconds: Int64 = 0
        if bytes[index] == 0x2e {
            index += 1
            var weight: Int64 = 100
            let first = index
            while index < bytes.count, bytes[index] &- 0x30 < 10 {
                milliseconds += Int64(bytes[index] - 0x30) * weight
                weight /= 10
                index += 1
            }
            guard index > first else { return nil }
        }
        guard index < bytes.count else { return nil }
        var offset: Int64 = 0
        switch bytes[index] {
        case 0x5a, 0x7a: guard index + 1 == bytes.count else { return nil }
        case 0x2b, 0x2d:
            guard index + 6 == bytes.count, bytes[index + 3] == 0x3a, let hours = number(index + 1..<index + 3),
                let minutes = number(index + 4..<index + 6), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * 60_000 * (bytes[index] == 0x2d ? -1 : 1)
        default: return nil
        }
        self.init(milliseconds: Int64(day.daysSince1970) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1_000 + milliseconds - offset)
    }
}
