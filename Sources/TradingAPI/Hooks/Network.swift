// Addresses of the Internet and networks of them: who a request comes from, and who may send it.

import Glibc
import TradingModel

/// The bytes of an address, four or sixteen. One of IPv4 that is written as IPv6 is the one of IPv4.
struct NetworkAddress: Hashable, Sendable {
    let bytes: [UInt8]

    init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var four = in_addr(), six = in6_addr()
        if inet_pton(AF_INET, String(text), &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, String(text), &six) == 1 {
            let all = withUnsafeBytes(of: six) { Array($0) }
            let isMapped = all[0..<10].allSatisfy { $0 == 0 } && all[10] == 0xff && all[11] == 0xff
            bytes = isMapped ? Array(all[12...]) : all
        } else {
            return nil
        }
    }

    /// As it is written.
    var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whom limits count as one: an address of IPv4, and of IPv6 the network of a household.
    var household: String { bytes.count == 4 ? text : bytes.prefix(8).hexText }
}

/// An address, or all that begin with the same bits: `192.0.2.0/24`.
public struct Network: Hashable, Sendable {
    let address: NetworkAddress
    /// Bits that count.
    let bits: Int

    /// Nil when it is none, or names bits that do not count.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = NetworkAddress(parts[0]) else { return nil }
        let all = address.bytes.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bits = Int(parts[1]), bits <= all else { return nil }
            self.bits = bits
        } else {
            bits = all
        }
        self.address = address
        for bit in bits..<all where address.bytes[bit / 8] & (0x80 >> UInt8(bit % 8)) != 0 { return nil }
    }

    func contains(_ other: Network) -> Bool { other.bits >= bits && contains(other.address) }

    func contains(_ other: NetworkAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        for bit in 0..<bits where (other.bytes[bit / 8] ^ address.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) != 0 { return false }
        return true
    }
}

enum Origin {
    /// Who asks: the other end of the connection, or, where that is a proxy of ours, the last one in the list of those it
    /// speaks for that is not. Nil when that cannot be told.
    static func address(peer: NetworkAddress?, forwardedFor: [String], proxies: [Network]) -> NetworkAddress? {
        guard let peer else { return nil }
        func isProxy(_ address: NetworkAddress) -> Bool { proxies.contains { $0.contains(address) } }
        guard isProxy(peer) else { return peer }
        for text in forwardedFor.joined(separator: ",").split(separator: ",").reversed() {
            guard let address = NetworkAddress(text.filter { $0 != " " }) else { return nil }
            if !isProxy(address) { return address }
        }
        return nil
    }
}
