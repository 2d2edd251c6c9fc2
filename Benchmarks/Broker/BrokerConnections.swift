// What 2,000 connections with a stream of ticks each cost the simulated broker, which runs on one thread: processor time
// of that thread, and memory. The clients are bare sockets of this process, which cost next to none.

import CDispatch  // whose timespec the compiler takes it for
import DerivSimulator
import Foundation
import Glibc
import NIOCore
import NIOPosix

struct BrokerConnections: Benchmark {
    let name = "broker-connections"

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let count = size.pick(full: 2_000, smoke: 20), seconds = size.pick(full: 20, smoke: 2)
        try BareClient.allowFiles(count * 2 + 200)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1), loop = group.next()
        let simulator = DerivSimulator(configuration: DerivSimulatorConfiguration(), group: group)
        let port = try await simulator.start()
        let before = try Memory.resident()
        let found = try await onThread { () throws -> (cpu: Int, memory: Int, frames: Int) in
            let clients = try (0..<count).map { _ in try BareClient(port: port) }
            for client in clients { try client.subscribe() }
            // Whoever had a first tick has its stream; what came until here is read away.
            for client in clients { try client.waitForText() }
            let began = try loop.submit { Stopwatch.threadTime() }.wait(), start = Stopwatch.now()
            for client in clients { client.drain() }
            // Ticks come by the second, whatever this thread does meanwhile.
            let waiting = NSCondition()
            waiting.lock()
            _ = waiting.wait(until: Date(timeIntervalSinceNow: Double(seconds)))
            waiting.unlock()
            let spent = try loop.submit { Stopwatch.threadTime() }.wait() - began, elapsed = Stopwatch.now() - start
            let memory = try Memory.resident() - before
            var frames = 0
            for client in clients { frames += client.drain() }
            return (spent * 1_000 / max(1, elapsed / 1_000), memory, frames)
        }
        await simulator.stop()
        try await group.shutdownGracefully()
        guard found.frames >= count * (seconds - 1), found.frames <= count * (seconds + 2) else { throw BenchmarkFailure("\(found.frames) ticks arrived") }
        return BenchmarkReport(
            name: name, computed: "\(count) connections, \(found.frames) ticks received in \(seconds) s",
            figures: [
                .init("processor time of the broker's thread, share of one core", .ratio(thousandths: found.cpu / 1_000)),
                .init("processor time for each tick sent", .nanoseconds(found.cpu * seconds * 1_000 / max(1, found.frames))),
                .init("memory above the idle broker, KiB", .count(found.memory)),
                .init("memory for each connection, KiB", .ratio(thousandths: found.memory * 1_000 / count)),
            ])
    }
}

/// This process's memory in KiB.
private enum Memory {
    static func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let size = line.split(separator: " ").dropLast().last.flatMap({ Int($0) })
        else { throw BenchmarkFailure("the system does not say how much memory this takes") }
        return size
    }
}

/// A WebSocket spoken on a bare socket. It blocks the thread that uses it.
private final class BareClient: Sendable {
    private let socket: Int32

    /// Raises the number of files this process may open, as far as it may.
    static func allowFiles(_ count: Int) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = max(limit.rlim_cur, min(rlim_t(count), limit.rlim_max))
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur >= count else {
            throw BenchmarkFailure("\(count) open files are needed, \(limit.rlim_max) allowed")
        }
    }

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else { throw BenchmarkFailure("connect: \(String(cString: strerror(errno)))") }
        let request = [
            "GET / HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==", "", "",
        ]
        try write(Array(request.joined(separator: "\r\n").utf8))
        guard String(decoding: try read(), as: UTF8.self).hasPrefix("HTTP/1.1 101") else { throw BenchmarkFailure("the broker did not upgrade") }
    }

    deinit { close(socket) }

    func subscribe() throws {
        let text = Array(#"{"ticks":"1HZ100V","subscribe":1,"req_id":1}"#.utf8)
        try write([0x81, 0x80 | UInt8(text.count), 0, 0, 0, 0] + text)
    }

    func waitForText() throws {
        guard try read().first == 0x81 else { throw BenchmarkFailure("no tick came") }
    }

    /// Reads what has come without waiting for more; returns how many frames of ticks it was.
    @discardableResult
    func drain() -> Int {
        var chunk = [UInt8](repeating: 0, count: 65_536), all: [UInt8] = []
        while case let count = recv(socket, &chunk, chunk.count, Int32(MSG_DONTWAIT)), count > 0 { all += chunk[..<count] }
        let word = Array(#""msg_type":"tick""#.utf8)
        return all.indices.count { all[$0] == word[0] && all[$0...].starts(with: word) }
    }

    private func read() throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &chunk, chunk.count, 0)
        guard count > 0 else { throw BenchmarkFailure("receive: \(String(cString: strerror(errno)))") }
        return Array(chunk[..<count])
    }

    private func write(_ bytes: [UInt8]) throws {
        guard bytes.withUnsafeBytes({ send(socket, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) }) == bytes.count else {
            throw BenchmarkFailure("send: \(String(cString: strerror(errno)))")
        }
    }
}
