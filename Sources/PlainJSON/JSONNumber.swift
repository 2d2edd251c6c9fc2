/// A JSON number, kept as its digits: `mantissa × 10^-scale`. No `Double` comes near it, so money read from a
/// message is the money that was written.
public struct JSONNumber: Hashable, Sendable {
    public let mantissa: Int64
    /// Digits after the point, 0 to 18.
    public let scale: Int

    public init(mantissa: Int64, scale: Int) {
        precondition((0...18).contains(scale), "a JSON number has 0 to 18 digits after the point")
        (self.mantissa, self.scale) = (mantissa, scale)
    }

    /// The value as a whole number, or nil when it has a fraction.
    public var integer: Int64? { units(digits: 0) }

    /// The value counted in units of `10^-digits` (2 for cents), or nil when that would lose a digit or overflow.
    @inlinable
    public func units(digits: Int) -> Int64? {
        if digits >= scale {
            let (value, overflow) = mantissa.multipliedReportingOverflow(by: JSONNumber.powerOfTen(digits - scale))
            return overflow || digits - scale > 18 ? nil : value
        }
        let divisor = JSONNumber.powerOfTen(scale - digits)
        return mantissa % divisor == 0 ? mantissa / divisor : nil
    }

    @inlinable
    public static func powerOfTen(_ exponent: Int) -> Int64 {
        var value: Int64 = 1
        for _ in 0..<min(exponent, 18) { value *= 10 }
        return value
    }
}
