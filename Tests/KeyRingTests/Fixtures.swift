// What the tests of the key ring share: keys, contexts and bytes that are the same in every run.

import TradingModel

@testable import KeyRing

let noon = Timestamp(iso8601: "2026-11-22T12:00:00Z")!

extension RingKey {
    /// A key that looks drawn by chance and is the same for the same seed.
    static func fixture(_ version: UInt32, seed: UInt64? = nil, state: KeyState = .enabled) -> RingKey {
        var random = SeededRandom(seed: seed ?? UInt64(version))
        let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        return try! RingKey(version: KeyVersion(rawValue: version), bytes: bytes, created: noon, state: state)
    }
}

extension KeyRing {
    /// The last key is primary unless another one is named.
    static func fixture(_ keys: RingKey..., primary: UInt32? = nil) -> KeyRing { try! fixture(keys.isEmpty ? [.fixture(1)] : keys, primary: primary) }

    static func fixture(_ keys: [RingKey], primary: UInt32? = nil) throws(KeyRingError) -> KeyRing {
        let primary = primary ?? keys.last!.version.rawValue
        return try KeyRing(epoch: 1, keys: keys.map { $0.version.rawValue == primary && $0.state == .enabled ? $0.changed(to: .primary) : $0 })
    }
}

extension KeyRing {
    /// Two changes: the key is added, and seals.
    func rotated(to key: RingKey) throws(KeyRingError) -> KeyRing { try adding(key).promoting(key.version) }
}

extension KeyVersion: ExpressibleByIntegerLiteral {
    init(integerLiteral value: UInt32) { self.init(rawValue: value) }
}

extension SealContext {
    static func fixture(
        purpose: Purpose = .brokerToken, instance: String = "instance-1", owner: Int64 = 42, table: String = "account",
        record: String = "7", broker: String? = "deriv", loginID: String? = "CR1234567", environment: Environment? = .real
    ) -> SealContext {
        SealContext(
            purpose: purpose, instance: instance, owner: OwnerID(rawValue: owner), table: table, record: record,
            broker: broker.map { Label($0)! }, loginID: loginID.map { Label($0)! }, environment: environment)
    }
}

let token = Array("a1-SomeBrokerToken".utf8)

func hexadecimal(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
