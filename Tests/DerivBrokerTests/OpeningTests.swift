// A connection that never becomes a WebSocket is given up, and its socket goes with it.
import NIOCore
import NIOPosix
import Testing

@testable import DerivBroker

@Suite(.timeLimit(.minutes(1))) struct OpeningTests {
    @Test(arguments: [
        "", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "no HTTP at all\r\n\r\n",
    ])
    func aBrokerThatDoesNotUpgradeKeepsNoSocketOfOurs(answer: String) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1), ended = group.next().makePromise(of: Void.self)
        // The broker's side: it says this and waits; nothing but the client's own close ends the connection.
        let server = try await ServerBootstrap(group: group).childChannelInitializer { channel in
            channel.closeFuture.cascade(to: ended)
            return channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Says(answer: answer)) }
        }.bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port), address = try #require(BrokerAddress("ws://127.0.0.1:\(port)", appID: 1_089))
        let client = try WebSocketClient(address: address, openWithin: .milliseconds(200))
        await #expect(throws: (any Error).self) {
            try await client.connect(on: group.next()) { WebSocketMessageHandler(onText: { _ in }, onClosed: { _, _ in }) }.get()
        }
        try await ended.futureResult.get()
        try await server.close()
        try await group.shutdownGracefully()
    }
}

/// Says one thing to whoever connects, and waits.
private final class Says: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let answer: String
    init(answer: String) { self.answer = answer }

    func channelActive(context: ChannelHandlerContext) { context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil) }
}
