import HTTPTypes
import Logging
import NIOCore
import NIOPosix
import People
import ServiceLifecycle
import Synchronization
import Testing
import TradingPorts

@testable import TradingAPI

/// The same API behind a real socket.
@Suite(.timeLimit(.minutes(2))) struct ServerTests {
    /// Bytes out, text in: what a socket sees.
    final class Connection: Sendable {
        private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        init(port: Int) async throws {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
            }
        }

        /// Sends, then hands what has come so far to `body` after each piece, until it says enough or the server closes.
        @discardableResult
        func exchange(_ texts: [String], until isEnough: @escaping @Sendable (String) async throws -> Bool) async throws -> String {
            try await channel.executeThenClose { inbound, outbound in
                for text in texts { try await outbound.write(ByteBuffer(string: text)) }
                var bytes: [UInt8] = []
                for try await part in inbound {
                    bytes += part.readableBytesView
                    if try await isEnough(String(decoding: bytes, as: UTF8.self)) { break }
                }
                return String(decoding: bytes, as: UTF8.self)
            }
        }
    }

    /// Runs the service, hands the port to `body`, and shuts down gracefully.
    private func serving(_ desk: FakeDesk, _ configuration: APIConfiguration = APIConfiguration(), _ body: (Int, ServiceGroup) async throws -> Void)
        async throws
    {
        var configuration = configuration
        configuration.port = 0
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (ports, port) = AsyncStream<Int>.makeStream()
        let service = try makeAPIService(
            desk: desk, hooks: desk.hookBook, people: .nobody, configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        ) {
            port.yield($0)
        }
        let group = ServiceGroup(services: [service], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let number = try #require(await iterator.next())
            try await body(number, group)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func request(_ method: String, _ target: String, _ more: String = "", body: String = "") -> String {
        let length = body.isEmpty ? "" : "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
        return "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer key-of-1\r\n\(length)\(more)\r\n\(body)"
    }

    private func once(_ port: Int, _ texts: String...) async throws -> String {
        try await Connection(port: port).exchange(texts) { $0.contains("\r\n\r\n") && ($0.hasSuffix("}") || $0.contains("ength: 0")) }
    }

    @Test func requestsAreAnsweredOverTheWire() async throws {
        try await serving(FakeDesk()) { port, _ in
            let page = try await once(port, request("GET", "/api/v1/sessions?limit=1"))
            #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(page.lowercased().contains("x-content-type-options: nosniff"))
            #expect(!page.lowercased().contains("\r\nserver:"))
            let signal = try await once(port, request("POST", "/api/v1/signals", body: #"{"symbol":"R_100","kind":"rise"}"#))
            #expect(signal.hasPrefix("HTTP/1.1 202 "))
            let wrong = try await once(port, request("POST", "/api/v1/signals", body: #"{"symbol":"R_100","kind":7}"#))
            #expect(wrong.hasPrefix("HTTP/1.1 400 ") && wrong.contains(#""field":"kind""#))
        }
    }

    @Test func aHeadHasNoBody() async throws {
        try await serving(FakeDesk()) { port, _ in
            let text = try await Connection(port: port).exchange([request("HEAD", "/api/v1/sessions"), request("GET", "/api/v1/health/live")]) {
                $0.hasSuffix(#""live"}"#)
            }
            #expect(text.components("HTTP/1.1 200 OK") == 2)
            #expect(!text.contains("items"))
        }
    }

    @Test func aBodyWithoutAnAnnouncedLengthIsCutOffAtTheLimit() async throws {
        try await serving(FakeDesk()) { port, _ in
            let head = request("POST", "/api/v1/signals", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
            let chunk = "1000\r\n" + String(repeating: " ", count: 4_096) + "\r\n"
            let text = try await Connection(port: port).exchange([head] + Array(repeating: chunk, count: 20) + ["0\r\n\r\n"]) { $0.hasSuffix("}") }
            #expect(text.hasPrefix("HTTP/1.1 413 "))
            let announced = try await once(
                port, "POST /api/v1/signals HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer key-of-1\r\nContent-Length: 99999999999\r\n\r\n")
            #expect(announced.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func endlessHeadersAreRefused() async throws {
        try await serving(FakeDesk()) { port, _ in
            let text = try await Connection(port: port).exchange([request("GET", "/api/v1/sessions", "X-Long: \(String(repeating: "a", count: 20_000))\r\n")]) {
                $0.contains("\r\n\r\n")
            }
            #expect(text.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func theStreamGoesOnWhereItWasWithoutGapOrRepeat() async throws {
        let desk = FakeDesk()
        desk.record(5)
        try await serving(desk) { port, _ in
            let text = try await Connection(port: port).exchange([request("GET", "/api/v1/events", "Last-Event-ID: 2\r\n")]) { text in
                // What was missed has come: now something happens, first past the feed, then on it.
                if text.contains("id: 5\n"), !text.contains("id: 6\n"), desk.state.withLock({ $0.facts.count }) == 5 {
                    desk.record(1, published: false)
                    desk.record(2)
                }
                return text.contains("id: 8\n")
            }
            #expect(text.matches(of: /id: (\d+)\n/).map { String($0.1) } == ["3", "4", "5", "6", "7", "8"])
            #expect(text.contains("event: emergency_stopped\ndata: {\"sequence\":3,\"at\":\"2026-11-22T10:15:30.250Z\",\"kind\":\"emergency_stopped\""))
            #expect(text.lowercased().contains("content-type: text/event-stream"))
        }
    }

    @Test func othersFactsAreNotStreamed() async throws {
        let desk = FakeDesk()
        try await serving(desk) { port, _ in
            let text = try await Connection(port: port).exchange([request("GET", "/api/v1/events?after=0")]) { text in
                if text.contains(": after 0"), desk.state.withLock({ $0.facts.isEmpty }) { desk.record(3, owner: 2); desk.record(1) }
                return text.contains("id: 1\n")
            }
            #expect(text.components("event:") == 1)
        }
    }

    @Test func whoFellTooFarBehindStartsOver() async throws {
        let desk = FakeDesk()
        desk.record(10_001)
        try await serving(desk) { port, _ in
            for asked in ["0", "20000"] {
                let text = try await Connection(port: port).exchange([request("GET", "/api/v1/events?after=\(asked)")]) { $0.contains("event: reset") }
                #expect(text.contains("id: 10001\nevent: reset\ndata: {\"sequence\":10001}\n\n"), "\(asked)")
            }
        }
    }

    @Test func aSilentStreamBeatsAndEndsWithTheServer() async throws {
        var configuration = APIConfiguration()
        configuration.heartbeat = .milliseconds(20)
        configuration.streamsMost = 1
        try await serving(FakeDesk(), configuration) { port, group in
            let isAsked = Mutex(false)
            let text = try await Connection(port: port).exchange([request("GET", "/api/v1/events")]) { text in
                if text.contains("3\r\n:\n\n"),
                    isAsked.withLock({ asked in
                        defer { asked = true }; return !asked
                    })
                {
                    let second = try await once(port, request("GET", "/api/v1/events"))
                    #expect(second.hasPrefix("HTTP/1.1 503 ") && second.contains("too_many_streams"))
                    await group.triggerGracefulShutdown()
                }
                return text.hasSuffix("0\r\n\r\n")
            }
            #expect(text.hasSuffix("0\r\n\r\n"), "the stream was ended in order")
        }
    }
}

extension String {
    func components(_ part: String) -> Int { ranges(of: part).count }
}
