// Strangers who want the server to be slow, each with a way of its own, and the thread that does their work.

import Foundation
import Glibc
import Synchronization

protocol Siege {
    var name: String { get }
    /// Before the first signal is measured.
    mutating func begin() throws
    /// A little of it; called every five milliseconds.
    mutating func go() throws
    /// What became of it.
    func told() -> String
}

/// Runs one siege on a thread of its own until `end`.
///
/// `@unchecked Sendable` because the siege is touched by that thread alone until it has ended, and by `end` afterwards.
final class Besieger: @unchecked Sendable {
    private var siege: any Siege
    private var failure: (any Error)?
    private let isOver = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    init(_ siege: any Siege) throws {
        self.siege = siege
        try self.siege.begin()
        let thread = Thread { [self] in
            do {
                while !isOver.load(ordering: .relaxed) {
                    try self.siege.go()
                    usleep(5_000)
                }
            } catch { failure = error }
            ended.signal()
        }
        thread.name = "siege"
        thread.start()
    }

    func end() throws -> String {
        isOver.store(true, ordering: .relaxed)
        ended.wait()
        if let failure { throw failure }
        return siege.told()
    }
}

/// Somebody tries passwords, each time with another address of this machine and another name, so that no limit of one
/// address or account stops it: the queue of the hashes has to.
struct WrongPasswords: Siege {
    let name = "wrong passwords"
    let port: Int
    let perSecond: Int
    private var open: [(client: StrangersSocket, at: Int)] = []
    private var tries = 0, statuses: [Int: Int] = [:], began = 0

    init(port: Int, perSecond: Int) { (self.port, self.perSecond) = (port, perSecond) }

    mutating func begin() throws { began = Stopwatch.now() }

    mutating func go() throws {
        let now = Stopwatch.now()
        while tries < (now - began) / (1_000_000_000 / perSecond) {
            tries += 1
            let client = try StrangersSocket(port: port, from: UInt32(tries))
            let body = #"{"email":"nobody\#(tries)@example.org","password":"wrong horse battery"}"#
            _ = client.send(
                "POST /api/v1/log-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            open.append((client, now))
        }
        while let first = open.first, now - first.at > 3_000_000_000 {
            statuses[first.client.status() ?? 0, default: 0] += 1
            open.removeFirst()
        }
    }

    func told() -> String {
        "\(tries) tries, answered " + statuses.keys.sorted().map { "\($0 == 0 ? "not within 3 s" : String($0)) \(statuses[$0]!) times" }.joined(separator: ", ")
    }
}

/// Heads of requests that come a letter at a time and never end.
struct EndlessHeads: Siege {
    let name = "endless heads"
    let port: Int
    let connections: Int
    private var open: [StrangersSocket] = []
    private var turn = 0, letters = 0, reopened = 0

    init(port: Int, connections: Int) { (self.port, self.connections) = (port, connections) }

    private func opened() throws -> StrangersSocket {
        let socket = try StrangersSocket(port: port)
        _ = socket.send("POST /api/v1/signals HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        return socket
    }

    mutating func begin() throws { for _ in 0..<connections { open.append(try opened()) } }

    /// Two letters every five milliseconds: each of 2,000 connections has its next after five seconds.
    mutating func go() throws {
        for _ in 0..<2 {
            turn = (turn + 1) % open.count
            letters += 1
            if !open[turn].send("a") {
                reopened += 1
                open[turn] = try opened()
            }
        }
    }

    func told() -> String { "\(connections) connections, \(letters) letters, \(reopened) were closed and opened anew" }
}

/// Connections on which nothing is ever asked.
struct IdleConnections: Siege {
    let name = "idle connections"
    let port: Int
    let connections: Int
    private var open: [StrangersSocket] = []

    init(port: Int, connections: Int) { (self.port, self.connections) = (port, connections) }

    mutating func begin() throws { for _ in 0..<connections { open.append(try StrangersSocket(port: port)) } }
    mutating func go() throws {}
    func told() -> String { "\(connections) connections, \(open.count(where: \.isOpen)) still open at the end" }
}

/// A socket of somebody who does not care what comes back.
final class StrangersSocket {
    private let descriptor: Int32

    /// - Parameter from: another number comes from another address of this machine.
    init(port: Int, from: UInt32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw BenchmarkFailure("socket: \(String(cString: strerror(errno)))") }
        var failed = false
        if let from {
            var source = StrangersSocket.address(0x7f01_0000 | (from & 0xffff), port: 0)
            failed = StrangersSocket.with(&source) { bind(descriptor, $0, $1) } != 0
        }
        var server = StrangersSocket.address(0x7f00_0001, port: port)
        guard !failed, StrangersSocket.with(&server, { connect(descriptor, $0, $1) }) == 0 else {
            throw BenchmarkFailure("a stranger's connection: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// False: the server has closed.
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) == bytes.count
    }

    /// Of the answer, if it has come.
    func status() -> Int? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count > 12 else { return nil }
        return Int(String(decoding: bytes[9..<12], as: UTF8.self))
    }

    var isOpen: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK))
        return count > 0 || (count < 0 && errno == EAGAIN)
    }

    private static func address(_ host: UInt32, port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(host).bigEndian
        return address
    }

    private static func with(_ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }
}
