import NIOCore
import NIOWebSocket
import TradingModel

/// Carries one session over one WebSocket. Fragments are put together before this handler; it answers pings, checks
/// UTF-8, and closes a reader that does not read.
final class WebSocketSessionHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// The most one frame, and one message of fragments, may hold.
    static let largestFrame = 1 << 20
    /// Bytes that may wait for a slow reader. Past this it is closed, before it costs a mebibyte.
    static let mostWaiting = 768 << 10

    private let desk: BrokerDesk
    private let appID: Int64?
    private var session: V3Session?
    private var waiting: [[UInt8]] = []
    private var waitingBytes = 0
    private var isClosing = false

    init(desk: BrokerDesk, appID: Int64?) { (self.desk, self.appID) = (desk, appID) }

    func handlerAdded(context: ChannelHandlerContext) {
        let session = desk.join()
        if let appID { session.appID = appID }
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        session.deliver = { outputs in bound.value.handler.deliver(outputs, bound.value.context) }
        self.session = session
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }
    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        guard let session else { return }
        self.session = nil
        session.deliver = { _ in }
        desk.leave(session)
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing, let session else { return }
        let frame = unwrapInboundIn(data)
        var payload = frame.unmaskedData
        switch frame.opcode {
        case .text, .binary:
            let bytes = payload.readBytes(length: payload.readableBytes) ?? []
            guard String(validating: bytes, as: UTF8.self) != nil else { return close(.dataInconsistentWithMessage, context) }
            session.receive(bytes)
        case .ping:
            session.heard()
            context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: payload)), promise: nil)
        case .pong: session.heard()
        case .connectionClose:
            isClosing = true
            leave()
            context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: payload)), promise: nil)
            context.close(promise: nil)
        default: close(.protocolError, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketFrameAggregator.Error.tooManyFragments, NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge:
            close(.messageTooLarge, context)
        case is NIOWebSocketFrameAggregator.Error: close(.protocolError, context)
        case is NIOWebSocketError:
            // NIO's own handler has sent the close frame (1009 for a frame too long, 1002 for the rest) and closes.
            isClosing = true
            leave()
        default:
            // The socket broke; there is nobody left to tell.
            context.close(promise: nil)
        }
    }

    // MARK: Out

    private func deliver(_ outputs: [SessionOutput], _ context: ChannelHandlerContext) {
        for output in outputs where !isClosing {
            switch output {
            case .frame(let bytes): enqueue(bytes, context)
            case .late(let bytes, let milliseconds): sendLater(bytes, milliseconds, context)
            case .close:
                pump(context)
                isClosing = true
                leave()
                context.close(promise: nil)
            }
        }
        if !isClosing { pump(context) }
    }

    private func sendLater(_ bytes: [UInt8], _ milliseconds: Int64, _ context: ChannelHandlerContext) {
        let wait = milliseconds * 1_000_000 / Int64(desk.clock.speed)
        context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(wait)) { [weak session] in session?.sendLate(bytes) }
    }

    private func enqueue(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        waiting.append(bytes)
        waitingBytes += bytes.count
        if waitingBytes > WebSocketSessionHandler.mostWaiting { pump(context) }
        guard waitingBytes > WebSocketSessionHandler.mostWaiting else { return }
        // A close frame would only wait behind the rest.
        isClosing = true
        leave()
        context.close(promise: nil)
    }

    /// Hands over what the channel takes; the rest waits here, where it is counted.
    private func pump(_ context: ChannelHandlerContext) {
        var sent = 0
        while sent < waiting.count, context.channel.isWritable {
            let frame = WebSocketFrame(fin: true, opcode: .text, data: context.channel.allocator.buffer(bytes: waiting[sent]))
            context.write(wrapOutboundOut(frame), promise: nil)
            waitingBytes -= waiting[sent].count
            sent += 1
        }
        guard sent > 0 else { return }
        waiting.removeFirst(sent)
        context.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, !isClosing { pump(context) }
        context.fireChannelWritabilityChanged()
    }

    private func close(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        leave()
        var data = context.channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: code)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }
}
