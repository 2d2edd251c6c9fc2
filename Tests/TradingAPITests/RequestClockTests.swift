import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOTLS
import Testing

@testable import TradingAPI

/// How long each part of a request may take, with a clock that the test turns.
@Suite struct RequestClockTests {
    private let channel: EmbeddedChannel

    init() throws { channel = EmbeddedChannel() }

    private func begin(awaitsTLS: Bool = false) throws {
        let clock = RequestClock(RequestDeadlines(head: .seconds(5), body: .seconds(30)), awaitsTLS: awaitsTLS)
        try channel.pipeline.syncOperations.addHandlers([clock, ByteToMessageHandler(HTTPRequestDecoder()), RequestParts(clock)])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func send(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }
    /// Is it open still, so much later?
    private func isOpen(after time: TimeAmount) -> Bool {
        channel.embeddedEventLoop.advanceTime(by: time)
        return channel.isActive
    }

    @Test func aHeadThatComesByteByByteIsNotWaitedFor() throws {
        try begin()
        for byte in "GET / HTTP/1.1\r\nX-Slow: yyyyyyy".prefix(49) {
            try send(String(byte))
            if !isOpen(after: .milliseconds(100)) { break }
        }
        #expect(isOpen(after: .milliseconds(1_800)), "not before its time")
        #expect(!isOpen(after: .milliseconds(200)))
    }

    @Test func eachRequestHasItsOwnTime() throws {
        try begin()
        for _ in 0..<3 {
            try send("GET / HTTP/1.1\r\nHost: x\r\n")
            #expect(isOpen(after: .milliseconds(4_900)))
            try send("\r\n")
            #expect(isOpen(after: .minutes(10)), "an answer or a live stream takes as long as it takes, and so does silence before the next one")
        }
        try send("G")
        #expect(isOpen(after: .milliseconds(4_900)))
        #expect(!isOpen(after: .milliseconds(200)), "the fourth")
    }

    @Test func aConnectionThatSaysNothingIsNotLookedAtHere() throws {
        try begin()
        #expect(isOpen(after: .hours(1)))
    }

    @Test func aBodyHasItsTimeToo() throws {
        try begin()
        try send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        for _ in 0..<29 {
            try send("y")
            #expect(isOpen(after: .seconds(1)))
        }
        #expect(!isOpen(after: .seconds(2)))
    }

    @Test func aBodyThatIsWholeEndsItsTime() throws {
        try begin()
        try send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab")
        #expect(isOpen(after: .seconds(29)))
        try send("c")
        #expect(isOpen(after: .hours(1)))
    }

    /// The end of one request and the beginning of the next in one piece: the second has all of its time.
    @Test func pipelinedRequestsDoNotShareTheirTime() throws {
        try begin()
        try send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab")
        #expect(isOpen(after: .seconds(29)))
        try send("cPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab")
        #expect(isOpen(after: .seconds(29)))
        #expect(!isOpen(after: .seconds(2)))
    }

    @Test func whoDoesNotFinishTheHandshakeIsNotWaitedFor() throws {
        try begin(awaitsTLS: true)
        #expect(isOpen(after: .milliseconds(4_900)))
        #expect(!isOpen(after: .milliseconds(200)))
    }

    @Test func afterTheHandshakeTheConnectionMayBeSilent() throws {
        try begin(awaitsTLS: true)
        #expect(isOpen(after: .seconds(4)))
        channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
        #expect(isOpen(after: .hours(1)))
        try send("G")
        #expect(!isOpen(after: .milliseconds(5_100)))
    }
}
