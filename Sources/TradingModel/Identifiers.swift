// Whose, which account, which session: whole numbers given by the store, never reused.

public struct OwnerID: Hashable, Comparable, Sendable, Codable {
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public static func < (a: OwnerID, b: OwnerID) -> Bool { a.rawValue < b.rawValue }
}

public struct AccountID: Hashable, Comparable, Sendable, Codable {
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public static func < (a: AccountID, b: AccountID) -> Bool { a.rawValue < b.rawValue }
}

public struct SessionID: Hashable, Comparable, Sendable, Codable {
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public static func < (a: SessionID, b: SessionID) -> Bool { a.rawValue < b.rawValue }
}

/// The broker's number of a contract.
public struct ContractID: Hashable, Comparable, Sendable, Codable {
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public static func < (a: ContractID, b: ContractID) -> Bool { a.rawValue < b.rawValue }
}

/// The broker's number of a booking on an account; it grows with time.
public struct TransactionID: Hashable, Comparable, Sendable, Codable {
    public let rawValue: Int64
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    @inlinable public static func < (a: TransactionID, b: TransactionID) -> Bool { a.rawValue < b.rawValue }
}

/// The first 128 bits of SHA-256(owner, source, client key), made at the edge: the same cause names the same signal.
public struct SignalID: Hashable, Comparable, Sendable, Codable {
    public let high: UInt64
    public let low: UInt64
    @inlinable public init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }
    @inlinable public static func < (a: SignalID, b: SignalID) -> Bool { (a.high, a.low) < (b.high, b.low) }
    /// Half of a digest tells as much as the whole.
    @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(high) }

    /// 32 hexadecimal digits.
    public var text: String { Hexadecimal.text(high, low) }
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 32, let high = Hexadecimal.value(bytes[..<16]), let low = Hexadecimal.value(bytes[16...]) else { return nil }
        self.init(high: high, low: low)
    }
}

/// One intent: this session means to follow this signal. A retry, a replay and a second process name it alike.
public struct IntentID: Hashable, Comparable, Sendable, Codable {
    public let session: SessionID
    public let signal: SignalID
    @inlinable public init(session: SessionID, signal: SignalID) { (self.session, self.signal) = (session, signal) }
    @inlinable public static func < (a: IntentID, b: IntentID) -> Bool { (a.session, a.signal) < (b.session, b.signal) }

    /// `7.0123…ef`: what travels in `passthrough`.
    public var text: String { "\(session.rawValue).\(signal.text)" }
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let session = Int64(parts[0]), let signal = SignalID(parts[1]) else { return nil }
        self.init(session: SessionID(rawValue: session), signal: signal)
        // One intent, one text: `+7.…` and `007.…` are none.
        guard self.text == text else { return nil }
    }
}

extension SignalID: CustomStringConvertible { public var description: String { text } }
extension IntentID: CustomStringConvertible { public var description: String { text } }
extension OwnerID: CustomStringConvertible { public var description: String { "\(rawValue)" } }
extension AccountID: CustomStringConvertible { public var description: String { "\(rawValue)" } }
extension SessionID: CustomStringConvertible { public var description: String { "\(rawValue)" } }
extension ContractID: CustomStringConvertible { public var description: String { "\(rawValue)" } }
extension TransactionID: CustomStringConvertible { public var description: String { "\(rawValue)" } }

enum Hexadecimal {
    /// Both words, 16 digits each.
    static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 32) { digits in
            for place in 0..<16 {
                digits.initializeElement(at: place, to: digit(high >> UInt64(60 - 4 * place) & 15))
                digits.initializeElement(at: 16 + place, to: digit(low >> UInt64(60 - 4 * place) & 15))
            }
            return 32
        }
    }
    private static func digit(_ value: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value < 10 ? 0x30 + value : 0x57 + value) }
    static func value(_ bytes: some Sequence<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for byte in bytes {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(byte - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}
