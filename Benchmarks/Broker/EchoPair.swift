// Two bare handlers on a loopback connection: the least a round trip through NIO can take, for the same bytes each way.

import NIOCore
import NIOPosix

/// One connection whose server answers every `asked` bytes with `answered` others.
final class EchoPair: Sendable {
    private let listener: any Channel
    private let client: any Channel
    private let asking: NIOLoopBound<AskingHandler>
    private let request: ByteBuffer

    init(asked: Int, answered: Int, server: any EventLoopGroup, client group: any EventLoopGroup) async throws {
        request = ByteBuffer(repeating: 0x61, count: asked)
        let answer = ByteBuffer(repeating: 0x62, count: answered)
        listener = try await ServerBootstrap(group: server)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AnsweringHandler(asked: asked, answer: answer)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let loop = group.next()
        asking = try await loop.submit { NIOLoopBound(AskingHandler(answered: answered), eventLoop: loop) }.get()
        let asking = asking
        client = try await ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(asking.value) } }
            .connect(to: listener.localAddress!).get()
    }

    /// Asks once; the promise is kept with the moment at which the whole answer was there.
    func ask(_ done: EventLoopPromise<Int>) {
        client.eventLoop.execute { [self] in
            asking.value.done = done
            client.writeAndFlush(request, promise: nil)
        }
    }

    func close() async throws {
        try await client.close()
        try await listener.close()
    }
}

private final class AnsweringHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let asked: Int
    private let answer: ByteBuffer
    private var received = 0

    init(asked: Int, answer: ByteBuffer) { (self.asked, self.answer) = (asked, answer) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytes
        guard received >= asked else { return }
        received -= asked
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    }
}

private final class AskingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let answered: Int
    private var received = 0
    var done: EventLoopPromise<Int>?

    init(answered: Int) { self.answered = answered }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytes
        guard received >= answered else { return }
        received -= answered
        done?.succeed(Stopwatch.now())
    }
}
