/// A currency and its scale, in eight bytes: up to seven capital letters or digits and the number of decimals.
public struct Currency: Hashable, Sendable, Codable {
    /// The code's bytes, first letter highest; the lowest byte is the exponent.
    @usableFromInline let packed: UInt64

    /// `code` has 2 to 7 letters or digits; `exponent` is the number of decimals, 0 to 8 (2 for USD, 8 for BTC).
    public init?(_ code: some StringProtocol, exponent: Int) {
        let bytes = Array(code.utf8)
        guard (2...7).contains(bytes.count), (0...8).contains(exponent) else { return nil }
        var packed: UInt64 = 0
        for index in 0..<7 {
            let byte = index < bytes.count ? bytes[index] : 0
            guard index >= bytes.count || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) else { return nil }
            packed = packed << 8 | UInt64(byte)
        }
        self.packed = packed << 8 | UInt64(exponent)
    }

    /// Decimals of one unit: 2 for USD.
    @inlinable public var exponent: Int { Int(packed & 0xff) }

    public var code: String {
        String(decoding: (1...7).reversed().map { UInt8(packed >> (UInt64($0) * 8) & 0xff) }.prefix { $0 != 0 }, as: UTF8.self)
    }

    public static let usd = Currency("USD", exponent: 2)!

    /// Decimals that the broker uses for a currency it only names: two for money, eight for coins but the stable ones.
    public static func named(_ code: some StringProtocol) -> Currency? {
        let exponent =
            switch String(code) {
            case "BTC", "ETH", "LTC", "BCH": 8
            default: 2
            }
        return Currency(code, exponent: exponent)
    }
}

extension Currency: CustomStringConvertible { public var description: String { code } }
