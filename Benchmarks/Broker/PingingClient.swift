// A WebSocket client made of the same NIO parts as ours, that asks the broker for a pong.

import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

final class PingingClient: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<Handler>

    init(port: Int, group: any EventLoopGroup) async throws {
        let loop = group.next()
        let handler = try await loop.submit { NIOLoopBound(Handler(), eventLoop: loop) }.get()
        let upgrade = try await ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOTypedWebSocketClientUpgrader<any Channel>(maxFrameSize: 1 << 20) { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandlers(
                                NIOWebSocketFrameAggregator(minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 1_024, maxAccumulatedFrameSize: 1 << 20),
                                handler.value)
                            return channel
                        }
                    }
                    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/websockets/v3?app_id=1089", headers: ["Host": "localhost"])
                    return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                        configuration: .init(
                            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                                upgradeRequestHead: head, upgraders: [upgrader],
                                notUpgradingCompletionHandler: { $0.eventLoop.makeFailedFuture(BenchmarkFailure("the broker did not upgrade")) })))
                }
            }
        (channel, self.handler) = (try await upgrade.get(), handler)
    }

    static let request = #"{"ping":1,"req_id":1}"#
    /// Bytes on the wire: a client's frame has a mask.
    static let requestBytes = request.utf8.count + 6

    /// Asks once; the promise is kept with the moment at which the answer was there.
    func ask(_ done: EventLoopPromise<Int>) {
        channel.eventLoop.execute { [self] in
            handler.value.done = done
            channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: PingingClient.request)), promise: nil)
        }
    }

    func close() async throws { try await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame
        var done: EventLoopPromise<Int>?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard unwrapInboundIn(data).opcode == .text else { return }
            done?.succeed(Stopwatch.now())
        }
    }
}
