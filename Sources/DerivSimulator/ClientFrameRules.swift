import NIOCore
import NIOWebSocket

/// What a client's frame must be before anything is put together from it: masked, of a known kind, without extension
/// bits; and a close frame's payload a code that may be sent, with a reason in UTF-8 (RFC 6455, 5.1, 5.2, 5.5.1, 7.4).
/// Only here are frames as they came: the aggregator behind unmasks them.
final class ClientFrameRules: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    struct Violation: Error { let code: WebSocketErrorCode }
    private var isBroken = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        if let code = ClientFrameRules.violation(in: unwrapInboundIn(data)) {
            isBroken = true
            return context.fireErrorCaught(Violation(code: code))
        }
        context.fireChannelRead(data)
    }

    static func violation(in frame: WebSocketFrame) -> WebSocketErrorCode? {
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .protocolError }
        switch frame.opcode {
        case .continuation, .text, .binary, .ping, .pong: return nil
        case .connectionClose: return violation(inClosing: frame.unmaskedData)
        default: return .protocolError
        }
    }

    private static func violation(inClosing payload: ByteBuffer) -> WebSocketErrorCode? {
        if payload.readableBytes == 0 { return nil }
        guard let code = payload.getInteger(at: payload.readerIndex, as: UInt16.self) else { return .protocolError }
        switch code {
        case 1_000...1_003, 1_007...1_014, 3_000...4_999: break
        default: return .protocolError
        }
        let reason = payload.readableBytesView.dropFirst(2)
        return String(validating: reason, as: UTF8.self) == nil ? .dataInconsistentWithMessage : nil
    }
}
