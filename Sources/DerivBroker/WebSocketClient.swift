import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

/// Opens a WebSocket as a client and hands its messages to a handler on the channel's event loop. It speaks the plain
/// protocol: no compression, fragments put together, pings answered, 1 MiB a message.
struct WebSocketClient: Sendable {
    let address: BrokerAddress
    let tls: NIOSSLContext?

    static let messageLargest = 1 << 20

    /// The connection, TLS and the upgrade to a WebSocket together; a broker that says nothing is not waited for longer.
    static let openWithin = TimeAmount.seconds(15)
    private let openWithin: TimeAmount

    init(address: BrokerAddress, openWithin: TimeAmount = WebSocketClient.openWithin) throws {
        (self.address, self.openWithin) = (address, openWithin)
        tls = address.usesTLS ? try NIOSSLContext(configuration: WebSocketClient.tlsConfiguration) : nil
    }

    /// The broker's certificate and name are checked; TLS 1.2 and later, with forward secrecy and authenticated ciphers alone.
    private static var tlsConfiguration: TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
        return tls
    }

    struct NotUpgraded: Error, CustomStringConvertible { var description: String { "the broker did not upgrade the connection to a WebSocket" } }
    struct NotOpened: Error, CustomStringConvertible { var description: String { "the connection did not open in time" } }

    /// A channel that is ready for frames. Nothing may be written before this succeeds. When it fails, the socket is closed: a
    /// broker that takes connections and says nothing, or refuses each, must not use up our sockets.
    func connect(on loop: any EventLoop, handler: @escaping @Sendable () -> WebSocketMessageHandler) -> EventLoopFuture<any Channel> {
        let address = address, tls = tls
        let ready = loop.makePromise(of: (any Channel).self)
        let deadline = loop.scheduleTask(in: openWithin) { ready.fail(NotOpened()) }
        ready.futureResult.whenComplete { _ in deadline.cancel() }
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(10))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                ready.futureResult.whenFailure { _ in channel.close(promise: nil) }
                // Closed means that nothing more is sent, at once: the system would go on for minutes trying to deliver a buy
                // that lies in its buffer, long after it was counted as not made. A process that dies takes it along, too.
                (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { ready.fail($0) }
                return channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: address.host)) }
                    let upgrader = NIOTypedWebSocketClientUpgrader<Bool>(maxFrameSize: WebSocketClient.messageLargest) { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            let aggregator = NIOWebSocketFrameAggregator(
                                minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 1_024,
                                maxAccumulatedFrameSize: WebSocketClient.messageLargest)
                            try channel.pipeline.syncOperations.addHandlers(aggregator, handler())
                            return true
                        }
                    }
                    let upgrade = NIOTypedHTTPClientUpgradeConfiguration(upgradeRequestHead: requestHead(address), upgraders: [upgrader]) { channel in
                        channel.eventLoop.makeSucceededFuture(false)
                    }
                    try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: .init(upgradeConfiguration: upgrade))
                        .whenComplete { result in
                            switch result {
                            case .success(true): ready.succeed(channel)
                            case .success(false): ready.fail(NotUpgraded())
                            case .failure(let error): ready.fail(error)
                            }
                        }
                }
            }
            .connect(host: address.host, port: address.port).whenFailure { ready.fail($0) }
        return ready.futureResult
    }

    private func requestHead(_ address: BrokerAddress) -> HTTPRequestHead {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: address.path)
        let usual = address.usesTLS ? 443 : 80
        head.headers.add(name: "Host", value: address.port == usual ? address.host : "\(address.host):\(address.port)")
        return head
    }
}

/// Frames in, text messages out. Lives on its channel's event loop.
final class WebSocketMessageHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let onText: (ByteBuffer) -> Void
    private let onClosed: (String, Bool) -> Void
    private var isOver = false
    private var context: ChannelHandlerContext?

    /// `onClosed` is called once, with the cause and whether the other side closed in an orderly way.
    init(onText: @escaping (ByteBuffer) -> Void, onClosed: @escaping (String, Bool) -> Void) { (self.onText, self.onClosed) = (onText, onClosed) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text: onText(frame.unmaskedData)
        case .ping: context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)), promise: nil)
        case .connectionClose:
            over("closed by the broker", orderly: true)
            context.writeAndFlush(
                wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: frame.unmaskedData)), promise: nil)
            context.close(promise: nil)
        case .binary: over("binary frame", orderly: true); context.close(promise: nil)
        default: break
        }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// From its own event loop only.
    func send(_ text: ByteBuffer) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(WebSocketMessageHandler.frame(text)), promise: nil)
    }

    static func frame(_ data: ByteBuffer) -> WebSocketFrame { WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: data) }

    func channelInactive(context: ChannelHandlerContext) { over("connection closed", orderly: true) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        over("connection failed", orderly: false)
        context.close(promise: nil)
    }

    private func over(_ cause: String, orderly: Bool) {
        if isOver { return }
        isOver = true
        onClosed(cause, orderly)
    }
}
