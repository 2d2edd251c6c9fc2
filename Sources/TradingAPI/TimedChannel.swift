// Who sends a request a byte at a time is not waited for: each part of it has its time, from its first byte to its last. What a connection says
// in between, and how long an answer or a live stream takes, is not looked at here.

import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// How long a client may take.
struct RequestDeadlines: Sendable {
    /// From the first byte of a request until its head is whole; also for TLS, from the beginning of the connection.
    var head: TimeAmount
    /// From there until its body is.
    var body: TimeAmount
}

/// Hummingbird's channel with a clock beside the decoder.
struct TimedChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = HTTP1Channel.Value
    let http: HTTP1Channel
    let deadlines: RequestDeadlines
    let connections: ConnectionCount

    var responder: HTTPChannelHandler.Responder { http.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let prepared = channel.eventLoop.makeCompletedFuture { () throws -> Void in
            // Closed before a byte of it is read.
            guard connections.take(channel) else {
                channel.close(promise: nil)
                throw ConnectionCount.TooMany()
            }
            let pipeline = channel.pipeline.syncOperations
            let hasTLS = (try? pipeline.context(handlerType: NIOSSLServerHandler.self)) != nil
            try pipeline.addHandler(RequestClock(deadlines, awaitsTLS: hasTLS))
        }
        return prepared.flatMap { http.setup(channel: channel, logger: logger) }.flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let clock = try pipeline.handler(type: RequestClock.self)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(RequestParts(clock), position: .after(decoder))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async { await http.handle(value: value, logger: logger) }
}

/// Sees the bytes before the decoder does, and is told by `RequestParts` what they came to.
final class RequestClock: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum Part { case nothing, tls, head, body }
    private var awaited: Part { didSet { changes += 1 } }
    /// Of what is awaited; and how many there had been when the timer was set.
    private var changes = 0, timedAt = 0
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    private let deadlines: RequestDeadlines

    init(_ deadlines: RequestDeadlines, awaitsTLS: Bool) { (self.deadlines, awaited) = (deadlines, awaitsTLS ? .tls : .nothing) }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setTimer()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, awaited == .tls {
            awaited = .nothing
            setTimer()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if awaited == .nothing { awaited = .head }
        // What these bytes complete, `RequestParts` says before this returns: most requests are whole by then, and no timer is set.
        context.fireChannelRead(data)
        if changes != timedAt { setTimer() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    fileprivate func headIsThere() { awaited = .body }
    fileprivate func bodyIsThere() { awaited = .nothing }

    private func setTimer() {
        timer?.cancel()
        (timer, timedAt) = (nil, changes)
        let time: TimeAmount
        switch awaited {
        case .nothing: return
        case .tls, .head: time = deadlines.head
        case .body: time = deadlines.body
        }
        timer = context?.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            timer = nil
            context?.close(promise: nil)
        }
    }
}

/// Behind the decoder.
final class RequestParts: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let clock: RequestClock
    init(_ clock: RequestClock) { self.clock = clock }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: clock.headIsThere()
        case .end: clock.bodyIsThere()
        case .body: break
        }
        context.fireChannelRead(data)
    }
}
