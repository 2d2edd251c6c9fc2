/// An amount in whole minor units of its currency: 1950 of USD is 19.50. There is no way in or out for a `Double`.
/// Amounts of different currencies never meet: doing arithmetic on them is a programmer's error and stops the process.
public struct Money: Hashable, Sendable, Codable {
    public var minorUnits: Int64
    public let currency: Currency

    @inlinable
    public init(minorUnits: Int64, currency: Currency) { (self.minorUnits, self.currency) = (minorUnits, currency) }

    /// The most that is believed when it comes from outside: 10^12 minor units. Sums of a lifetime stay far from overflow.
    public static let most: Int64 = 1_000_000_000_000

    @inlinable public static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency: currency) }

    @inlinable public static func + (a: Money, b: Money) -> Money {
        precondition(a.currency == b.currency, "money of two currencies was added")
        return Money(minorUnits: a.minorUnits + b.minorUnits, currency: a.currency)
    }
    @inlinable public static func - (a: Money, b: Money) -> Money {
        precondition(a.currency == b.currency, "money of two currencies was subtracted")
        return Money(minorUnits: a.minorUnits - b.minorUnits, currency: a.currency)
    }
    @inlinable public static func += (a: inout Money, b: Money) { a = a + b }
    @inlinable public static func -= (a: inout Money, b: Money) { a = a - b }
    @inlinable public static prefix func - (a: Money) -> Money { Money(minorUnits: -a.minorUnits, currency: a.currency) }

    /// A share of the amount in basis points (1 is 0.01 %), rounded towards zero: never a cent more than the rule allows.
    @inlinable
    public func share(basisPoints: Int64) -> Money {
        let (high, low) = minorUnits.multipliedFullWidth(by: basisPoints)
        return Money(minorUnits: (10_000 as Int64).dividingFullWidth((high, low)).quotient, currency: currency)
    }

    @inlinable public var isNegative: Bool { minorUnits < 0 }
    @inlinable public var isPositive: Bool { minorUnits > 0 }
    /// What of it is a loss: the magnitude of a negative amount, else zero.
    @inlinable public var loss: Money { Money(minorUnits: max(0, -minorUnits), currency: currency) }
}

extension Money: Comparable {
    @inlinable public static func < (a: Money, b: Money) -> Bool {
        precondition(a.currency == b.currency, "money of two currencies was compared")
        return a.minorUnits < b.minorUnits
    }
}

extension Money: CustomStringConvertible {
    /// `19.50 USD`
    public var description: String { "\(decimalText) \(currency.code)" }

    /// `19.50`, with all of the currency's decimals.
    public var decimalText: String { Decimals.text(minorUnits, decimals: currency.exponent) }
}

/// Whole units written with a point.
public enum Decimals {
    /// `text(1950, decimals: 2)` is `19.50`.
    public static func text(_ units: Int64, decimals: Int) -> String {
        var digits = String(units.magnitude)
        if decimals > 0 {
            while digits.utf8.count <= decimals { digits = "0" + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
        }
        return units < 0 ? "-" + digits : digits
    }

    /// The whole units of a plain decimal text such as `-19.5`, or nil when it is no number, has more decimals than
    /// `decimals`, or does not fit.
    public static func units(_ text: some StringProtocol, decimals: Int) -> Int64? {
        var value: Int64 = 0, fraction: Int?, digits = 0
        var bytes = Array(text.utf8)[...]
        let negative = bytes.first == 0x2d
        if negative { bytes = bytes.dropFirst() }
        for byte in bytes {
            if byte == 0x2e, fraction == nil, digits > 0 { fraction = 0; continue }
            guard byte &- 0x30 < 10 else { return nil }
            if let places = fraction {
                if places == decimals { guard byte == 0x30 else { return nil }; continue }
                fraction = places + 1
            }
            let (times, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = negative ? times.subtractingReportingOverflow(Int64(byte - 0x30)) : times.addingReportingOverflow(Int64(byte - 0x30))
            guard !first, !second else { return nil }
            value = sum
            digits += 1
        }
        guard digits > 0, bytes.last != 0x2e else { return nil }
        for _ in (fraction ?? 0)..<decimals {
            let (times, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = times
        }
        return value
    }
}
