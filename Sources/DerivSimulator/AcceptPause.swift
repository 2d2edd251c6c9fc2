import NIOCore

/// Stops taking connections for a second when the system has no descriptor for another one. The channel asks again as long
/// as somebody waits to be let in, and would do nothing else; those who wait are let in when descriptors are free.
///
/// NIO's own `AcceptBackoffHandler` holds back reads that are still to come, but the read that failed stays pending.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    static let pause = TimeAmount.seconds(1)
    private var isPausing = false

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else { return context.fireErrorCaught(error) }
        guard !isPausing else { return }
        isPausing = true
        let channel = context.channel, bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: AcceptPause.pause) {
            bound.value.isPausing = false
            // A listener that was closed meanwhile reads no more.
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
