import DerivWire
import Logging
import NIOCore
import NIOSSL
import NIOWebSocket
import TradingEngine
import TradingModel
import TradingPorts

/// Runs one account's `DerivLine` on one event loop: gives it bytes, commands and moments, and does what it asks.
/// `@unchecked Sendable` because every property is touched on its event loop only; `offer` and `follow` hop onto it.
final class LineRunner: @unchecked Sendable {
    private let loop: any EventLoop
    private let client: WebSocketClient
    private let clock: TradingClock
    private let hooks: DerivBroker.Hooks
    private let logger: Logger
    private var line: DerivLine
    private var channel: (any Channel)?
    /// Counts connections, so that what an old one still says is not taken for the present one's.
    private var generation = 0
    private var timer: Scheduled<Void>?
    private var timerAt: Timestamp?
    private var isShutDown = false
    /// Frames of buys that the socket has not taken whole, and who waits until there are none.
    private var buysLeaving = 0
    private var waitingForBuys: [@Sendable () -> Void] = []
    /// While somebody waits: when the line is given up for it.
    private var givingUp: Scheduled<Void>?
    /// A socket takes a frame in microseconds, or it is full because nobody at the other end takes anything. So much is for a crowded network.
    static let leavingMost = TimeAmount.milliseconds(500)

    init(line: DerivLine, loop: any EventLoop, client: WebSocketClient, clock: TradingClock, hooks: DerivBroker.Hooks, logger: Logger) {
        (self.line, self.loop, self.client, self.clock, self.hooks) = (line, loop, client, clock, hooks)
        var logger = logger
        logger[metadataKey: "account"] = "\(line.account)"
        self.logger = logger
    }

    func offer(_ command: BrokerCommand, done: @escaping @Sendable () -> Void) {
        loop.execute { [self] in
            done()
            if isShutDown {
                if case .buy(_, let intent) = command { hooks.sinks.event(line.account, .notSent(intent.id)) }
                return
            }
            line.command(command, at: clock.now())
            act()
        }
    }

    /// What was offered before comes first on the event loop, so that its frames are written, or never will be. A socket that keeps a frame back
    /// is closed for it soon: the frame falls, whatever of it is out is in doubt and is looked up, and nobody who stops has to wait until the
    /// silence of the line is noticed.
    func whenBuysHaveLeft(_ done: @escaping @Sendable () -> Void) {
        loop.execute { [self] in
            if buysLeaving == 0 { return done() }
            waitingForBuys.append(done)
            if givingUp != nil { return }
            givingUp = loop.scheduleTask(in: LineRunner.leavingMost) { [self] in
                givingUp = nil
                guard buysLeaving > 0 else { return }
                logger.warning("a buy would not leave, and trading is to stop: the line is closed")
                line.command(.hangUp(line.account), at: clock.now())
                act()
            }
        }
    }

    func follow(_ symbols: [Symbol], past: Int, fresh: [Symbol]) {
        loop.execute { [self] in
            line.follow(symbols, past: past, fresh: fresh, at: clock.now())
            act()
        }
    }

    func shutDown() -> EventLoopFuture<Void> {
        loop.submit { [self] in
            isShutDown = true
            line.command(.close(line.account), at: clock.now())
            act()
            timer?.cancel()
        }
    }

    // MARK: Doing what the line asks

    private func act() {
        var wrote = false
        while !line.actions.isEmpty {
            let actions = line.actions
            line.actions.removeAll(keepingCapacity: true)
            for action in actions {
                switch action {
                case .connect(let pause): connect(after: pause)
                case .login(let request): logIn(request); wrote = true
                case .send(let bytes): write(bytes); wrote = true
                case .sendBuy(let bytes, let intent):
                    writeBuy(bytes)
                    hooks.onBuyWritten?(intent)
                case .close: close()
                case .event(let event): hooks.sinks.event(line.account, event)
                case .ticks(let ticks, let isPast): hooks.sinks.ticks(TickBatch(account: line.account, ticks: ticks, isPast: isPast))
                case .openProfit(let contract, let profit): hooks.sinks.openProfit(contract, profit)
                case .clock(let seconds, let sent, let heard): hooks.onClock(seconds, sent, heard)
                case .remark(let text): logger.info("broker line", metadata: ["remark": "\(text)"])
                }
            }
        }
        if wrote { channel?.flush() }
        schedule()
    }

    private func write(_ bytes: [UInt8], promise: EventLoopPromise<Void>? = nil) {
        guard let channel else { promise?.fail(ChannelError.ioOnClosedChannel); return }
        var buffer = channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        channel.write(WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: buffer), promise: promise)
    }

    /// A socket that takes no more keeps the frame back; closing it lets the frame fall.
    private func writeBuy(_ bytes: [UInt8]) {
        let promise = loop.makePromise(of: Void.self)
        buysLeaving += 1
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
            buysLeaving -= 1
            if buysLeaving > 0 { return }
            givingUp?.cancel()
            givingUp = nil
            let waiting = waitingForBuys
            waitingForBuys = []
            for done in waiting { done() }
        }
        write(bytes, promise: promise)
        channel?.flush()
    }

    private func logIn(_ request: Int64) {
        do {
            guard let token = try hooks.vault.token(line.account) else { throw MissingToken() }
            write(LoginRequest.frame(token, requestID: request))
        } catch {
            logger.error("no token to log in with", metadata: ["error": "\(error)"])
            close()
            line.closed(cause: "no token", clean: true, at: clock.now())
        }
    }

    private struct MissingToken: Error, CustomStringConvertible { var description: String { "no token is stored for this account" } }

    private func connect(after milliseconds: Int64) {
        if isShutDown { return }
        loop.scheduleTask(in: .milliseconds(milliseconds / Int64(clock.speed))) { [self] in
            if isShutDown || line.state != .waiting { return }
            generation += 1
            let mine = generation
            line.connecting(at: clock.now())
            act()
            let opened = client.connect(on: loop) { [self] in
                WebSocketMessageHandler(
                    onText: { [self] buffer in if mine == generation { received(buffer) } },
                    onClosed: { [self] cause, orderly in if mine == generation { closed(cause, clean: orderly) } })
            }
            opened.assumeIsolated().whenComplete { [self] result in
                switch result {
                case .success(let channel):
                    guard mine == generation, line.state == .connecting, !isShutDown else { return channel.close(promise: nil) }
                    self.channel = channel
                    line.opened(at: clock.now())
                    act()
                case .failure(let error):
                    logger.info("no connection to the broker", metadata: ["error": "\(error)"])
                    if mine == generation { closed("no connection", clean: true) }
                }
            }
        }
    }

    private func received(_ buffer: ByteBuffer) {
        buffer.withUnsafeReadableBytes { line.received($0, at: clock.now()) }
        act()
    }

    private func closed(_ cause: String, clean: Bool) {
        channel = nil
        line.closed(cause: cause, clean: clean, at: clock.now())
        act()
    }

    private func close() {
        generation += 1
        guard let channel else { return }
        self.channel = nil
        var code = channel.allocator.buffer(capacity: 2)
        code.write(webSocketErrorCode: .normalClosure)
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: code), promise: nil)
        // Past the handler of TLS, which would wait seconds for the other side's farewell and go on writing meanwhile.
        if let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self) { tls.close(promise: nil) }
        channel.close(promise: nil)
    }

    // MARK: Time

    private func schedule() {
        let due = isShutDown ? nil : line.nextDeadline
        if due == timerAt { return }
        timer?.cancel()
        timerAt = due
        guard let due else { return }
        let wait = max(1, due.milliseconds(since: clock.now()) / Int64(clock.speed) + 1)
        timer = loop.scheduleTask(in: .milliseconds(wait)) { [self] in
            timerAt = nil
            line.passTime(at: clock.now())
            act()
        }
    }
}
