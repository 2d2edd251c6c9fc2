import NIOCore
import NIOWebSocket
import TradingModel

/// Carries one session over one WebSocket. Fragments are put together before this handler; it answers pings, checks
/// UTF-8, and closes a reader that does not read.
///
/// A client may ask faster than it reads. While more than a little waits for it, its further requests wait, too: first
/// those that one read brought, and the rest with the system, whose buffers then stop the client. Only one that takes
/// nothing at all for a while is closed, and one for whom streams alone bring too much.
final class WebSocketSessionHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// The most one frame, and one message of fragments, may hold.
    static let largestFrame = 1 << 20
    /// Bytes that may wait for a slow reader. With what the system holds for its socket it is closed before it costs a mebibyte.
    static let mostWaiting = 880 << 10
    /// Past so many bytes no further request is served until they are gone.
    static let enoughWaiting = 128 << 10
    /// Bytes that one read brings, and so the most that waits to be served.
    static let largestRead = 16 << 10
    /// How long a reader for whom something waits may take nothing at all.
    static let patience = TimeAmount.seconds(5)
    /// The system takes twice as much as it is asked for.
    static let systemBuffer = 64 << 10

    private let desk: BrokerDesk
    private let appID: Int64?
    private var session: V3Session?
    /// Bytes of answers that the fault plan holds back.
    private var lateBytes = 0
    private var isClosing = false
    /// What came while enough waited, and whether the channel would read on.
    private var unserved = CircularBuffer<WebSocketFrame>()
    private var isReadHeld = false
    private var isServing = false
    /// All bytes that were ever given to the channel.
    private var written = 0
    private var watching: Scheduled<Void>?

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
        watching?.cancel()
        watching = nil
        unserved.removeAll()
        guard let session else { return }
        self.session = nil
        session.deliver = { _ in }
        desk.leave(session)
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        unserved.append(unwrapInboundIn(data))
        serveWhatWaits(context)
    }

    func read(context: ChannelHandlerContext) {
        if isClosing || (unserved.isEmpty && waiting(context) <= WebSocketSessionHandler.enoughWaiting) { return context.read() }
        isReadHeld = true
        watch(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        serveWhatWaits(context)
        context.fireChannelWritabilityChanged()
    }

    /// Serves in the order in which they came, until enough waits. What is served may make the channel writable again,
    /// which calls this once more from within.
    private func serveWhatWaits(_ context: ChannelHandlerContext) {
        guard !isServing else { return }
        isServing = true
        while !isClosing, !unserved.isEmpty, waiting(context) <= WebSocketSessionHandler.enoughWaiting { serve(unserved.removeFirst(), context) }
        isServing = false
        if !isClosing, !unserved.isEmpty { return watch(context) }
        guard isReadHeld, isClosing || waiting(context) <= WebSocketSessionHandler.enoughWaiting else { return }
        isReadHeld = false
        context.read()
    }

    /// Looks again in a while: of what waits now, something must be gone by then.
    private func watch(_ context: ChannelHandlerContext) {
        guard watching == nil, !isClosing else { return }
        let gone = written - waiting(context), bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        watching = context.eventLoop.assumeIsolated().scheduleTask(in: WebSocketSessionHandler.patience) {
            let (handler, context) = bound.value
            handler.watching = nil
            guard !handler.isClosing, handler.isReadHeld || !handler.unserved.isEmpty else { return }
            guard handler.written - handler.waiting(context) > gone else { return handler.drop(context) }
            handler.watch(context)
        }
    }

    private func serve(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        guard let session else { return }
        var payload = frame.unmaskedData
        switch frame.opcode {
        case .text, .binary:
            let bytes = payload.readBytes(length: payload.readableBytes) ?? []
            guard String(validating: bytes, as: UTF8.self) != nil else { return close(.dataInconsistentWithMessage, context) }
            session.receive(bytes)
        case .ping:
            session.heard()
            write(WebSocketFrame(fin: true, opcode: .pong, data: payload), context)
            context.flush()
        case .pong: session.heard()
        case .connectionClose: finish(WebSocketFrame(fin: true, opcode: .connectionClose, data: payload), context)
        default: close(.protocolError, context)
        }
    }

    /// The broker stops: the client is told, and whoever stops it closes the socket.
    struct GoingAway {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is GoingAway { close(.goingAway, context) } else { context.fireUserInboundEventTriggered(event) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let violation as ClientFrameRules.Violation: close(violation.code, context)
        case NIOWebSocketFrameAggregator.Error.tooManyFragments, NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge,
            NIOWebSocketError.invalidFrameLength:
            close(.messageTooLarge, context)
        case is NIOWebSocketFrameAggregator.Error, is NIOWebSocketError: close(.protocolError, context)
        default:
            // The socket broke; there is nobody left to tell.
            context.close(promise: nil)
        }
    }

    // MARK: Out

    private func deliver(_ outputs: [SessionOutput], _ context: ChannelHandlerContext) {
        for output in outputs where !isClosing {
            switch output {
            case .frame(let bytes): write(WebSocketFrame(fin: true, opcode: .text, data: context.channel.allocator.buffer(bytes: bytes)), context)
            case .late(let bytes, let milliseconds): sendLater(bytes, milliseconds, context)
            case .close:
                context.flush()
                drop(context)
            }
        }
        if !isClosing { context.flush() }
    }

    private func sendLater(_ bytes: [UInt8], _ milliseconds: Int64, _ context: ChannelHandlerContext) {
        let wait = milliseconds * 1_000_000 / Int64(desk.clock.speed)
        lateBytes += bytes.count
        guard lateBytes <= WebSocketSessionHandler.mostWaiting else { return drop(context) }
        context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(wait)) { [weak self] in
            self?.lateBytes -= bytes.count
            self?.session?.sendLate(bytes)
        }
    }

    private func write(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        if waiting(context) + frame.data.readableBytes > WebSocketSessionHandler.mostWaiting {
            context.flush()
            // A close frame would only wait behind the rest.
            guard waiting(context) + frame.data.readableBytes <= WebSocketSessionHandler.mostWaiting else { return drop(context) }
        }
        // With the two to ten bytes of its head.
        let size = frame.data.readableBytes
        written += size + (size < 126 ? 2 : size < 65_536 ? 4 : 10)
        context.write(wrapOutboundOut(frame), promise: nil)
    }

    /// Bytes the channel has not handed to the system yet.
    private func waiting(_ context: ChannelHandlerContext) -> Int {
        // Every socket knows; a channel that does not has nothing waiting.
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Ends without a word, as a broken line does.
    private func drop(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        leave()
        context.close(promise: nil)
    }

    private func close(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        var data = context.channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: code)
        finish(WebSocketFrame(fin: true, opcode: .connectionClose, data: data), context)
    }

    /// Sends a close frame and then nothing. What the client still sends is read and forgotten for a second at most: were
    /// it left unread, the system would reset the connection and the client might never see why it was closed.
    private func finish(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        leave()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(frame)).whenComplete { _ in bound.value.close(mode: .output, promise: nil) }
        let ending = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
        context.channel.closeFuture.assumeIsolated().whenComplete { _ in ending.cancel() }
    }
}
