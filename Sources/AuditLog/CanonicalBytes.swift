// One way to write a record as bytes, so that everybody who hashes it comes to the same hash.

import Crypto

/// Fields one after the other: whole numbers as eight bytes, most significant first; bytes and text after their length;
/// what may be absent after a byte that says whether it is there.
struct CanonicalBytes {
    private(set) var bytes: [UInt8] = []

    /// `kind` sets records of one kind apart from all others.
    init(_ kind: StaticString) {
        bytes.reserveCapacity(256)
        kind.withUTF8Buffer { add($0) }
    }

    mutating func add(_ number: Int64) { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
    mutating func add(_ number: Int64?) {
        bytes.append(number == nil ? 0 : 1)
        if let number { add(number) }
    }
    mutating func add(_ field: some Collection<UInt8>) {
        add(Int64(field.count))
        bytes.append(contentsOf: field)
    }
    mutating func add(_ text: String) { add(text.utf8) }
    mutating func add(ifAny text: String?) {
        bytes.append(text == nil ? 0 : 1)
        if let text { add(text) }
    }

    var digest: [UInt8] { Array(SHA256.hash(data: bytes)) }
}
