// An HTTP client of one connection that is kept alive: as little as a fair client can be, so that it does not stand
// between the two moments that are measured.

import Glibc

/// Used by one thread at a time; it blocks that thread.
final class KeepAliveClient {
    private let socket: Int32
    private var received: [UInt8] = []

    /// To a port of this machine.
    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else { throw failure("connect") }
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(socket) }

    /// Returns when the last byte has been handed to the system.
    func write(_ request: String) throws {
        let bytes = Array(request.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { send(socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw failure("send") }
            sent += count
        }
    }

    /// The status of the next answer and its body. Every answer of ours names its length.
    func read() throws -> (status: Int, body: String) {
        while true {
            if let answer = try next() { return answer }
            var chunk = [UInt8](repeating: 0, count: 16_384)
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { throw failure("receive") }
            received += chunk[..<count]
        }
    }

    /// An answer that has come whole, taken out of what was received.
    private func next() throws -> (status: Int, body: String)? {
        let end: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a]
        guard let headEnd = received.indices.first(where: { received[$0...].starts(with: end) }) else { return nil }
        let lines = String(decoding: received[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
            let length = lines.first(where: { $0.lowercased().hasPrefix("content-length:") }).flatMap({ Int($0.dropFirst(15).filter { $0 != " " }) })
        else { throw BenchmarkFailure("an answer without status or length: \(lines)") }
        let bodyEnd = headEnd + 4 + length
        guard received.count >= bodyEnd else { return nil }
        let body = String(decoding: received[(headEnd + 4)..<bodyEnd], as: UTF8.self)
        received.removeFirst(bodyEnd)
        return (status, body)
    }

    private func failure(_ what: String) -> BenchmarkFailure { BenchmarkFailure("\(what): \(String(cString: strerror(errno)))") }
}
