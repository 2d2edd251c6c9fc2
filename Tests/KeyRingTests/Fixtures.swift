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
    static func fixture(_ keys: RingKey..., primary: UInt32? = nil) -> KeyRing {
        let keys = keys.isEmpty ? [.fixture(1)] : keys
        return try! KeyRing(epoch: 1, keys: keys, primary: primary.map { KeyVersion(rawValue: $0) } ?? keys.last!.version)
    }
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
