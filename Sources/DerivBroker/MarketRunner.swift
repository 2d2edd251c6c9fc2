import DerivWire
import Logging
import NIOCore
import NIOWebSocket
import TradingModel
import TradingPorts

/// Runs the `MarketLine` on one event loop: one socket for everybody who asks, opened when somebody does.
/// `@unchecked Sendable` because every property is touched on its event loop only; everything from outside hops onto it.
final class MarketRunner: @unchecked Sendable {
    private let loop: any EventLoop
    private let client: WebSocketClient
    private let logger: Logger
    private var line: MarketLine
    private var channel: (any Channel)?
    /// Counts connections, so that what an old one still says is not taken for the present one's.
    private var generation = 0
    private var timer: Scheduled<Void>?
    private var timerAt: Timestamp?
    private var isShutDown = false
    private var nextNumber: UInt64 = 1
    private var waiting: [UInt64: EventLoopPromise<Result<MarketAnswer, MarketError>>] = [:]
    private struct Reader { let number: UInt64, topic: MarketTopic, readings: MarketReadings, began: EventLoopPromise<MarketError?> }
    private var readers: [Reader] = []
    /// Readers over all topics: each is a client's stream, which the API counts, too.
    static let readersMost = 4_096

    init(loop: any EventLoop, client: WebSocketClient, logger: Logger, seed: UInt64) {
        (self.loop, self.client, self.logger, line) = (loop, client, logger, MarketLine(seed: seed))
    }

    /// Moments of this machine: what is waited for is a network.
    private var now: Timestamp { Timestamp(milliseconds: Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000)) }

    // MARK: Asking

    func ask(_ question: MarketQuestion) async -> Result<MarketAnswer, MarketError> {
        let promise = loop.makePromise(of: Result<MarketAnswer, MarketError>.self)
        loop.execute { [self] in
            if isShutDown { return promise.succeed(.failure(.unreachable)) }
            let number = nextNumber
            nextNumber += 1
            waiting[number] = promise
            line.ask(number, question, at: now)
            act()
        }
        return (try? await promise.futureResult.get()) ?? .failure(.unreachable)
    }

    /// Readings of a topic, once the broker streams it.
    func readings(of topic: MarketTopic) async -> Result<MarketReadings, MarketError> {
        let began = loop.makePromise(of: MarketError?.self), number = Number()
        let readings = MarketReadings { [self] in loop.execute { [self] in leave(number.value) } }
        loop.execute { [self] in
            if isShutDown || readers.count >= MarketRunner.readersMost { return began.succeed(isShutDown ? .unreachable : .busy) }
            number.value = nextNumber
            nextNumber += 1
            let isRunning = running.contains(topic)
            readers.append(Reader(number: number.value, topic: topic, readings: readings, began: began))
            if isRunning { return began.succeed(nil) }
            line.follow(topic, at: now)
            act()
        }
        let failure: MarketError?
        do { failure = try await began.futureResult.get() } catch { failure = .unreachable }
        guard let failure else { return .success(readings) }
        readings.cancel()
        return .failure(failure)
    }
    /// `@unchecked Sendable` because it is touched on the event loop only.
    private final class Number: @unchecked Sendable { var value: UInt64 = 0 }
    private var running: Set<MarketTopic> = []

    private func leave(_ number: UInt64) {
        guard let index = readers.firstIndex(where: { $0.number == number }) else { return }
        let topic = readers.remove(at: index).topic
        if readers.contains(where: { $0.topic == topic }) || isShutDown { return }
        running.remove(topic)
        line.unfollow(topic, at: now)
        act()
    }

    func shutDown() -> EventLoopFuture<Void> {
        loop.submit { [self] in
            isShutDown = true
            close()
            timer?.cancel()
            for promise in waiting.values { promise.succeed(.failure(.unreachable)) }
            waiting = [:]
            for topic in Set(readers.map(\.topic)) { end(topic, .unreachable) }
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
                case .send(let bytes):
                    channel.map { $0.write(WebSocketMessageHandler.frame(ByteBuffer(bytes: bytes)), promise: nil) }
                    wrote = true
                case .close: close()
                case .answer(let number, let answer): waiting.removeValue(forKey: number)?.succeed(answer)
                case .reading(let topic, let reading): for reader in readers where reader.topic == topic { reader.readings.offer(reading) }
                case .began(let topic):
                    running.insert(topic)
                    for reader in readers where reader.topic == topic { reader.began.succeed(nil) }
                case .ended(let topic, let error): end(topic, error)
                case .remark(let text): logger.info("market line", metadata: ["remark": "\(text)"])
                }
            }
        }
        if wrote { channel?.flush() }
        schedule()
    }

    private func end(_ topic: MarketTopic, _ error: MarketError) {
        running.remove(topic)
        let gone = readers.filter { $0.topic == topic }
        readers.removeAll { $0.topic == topic }
        for reader in gone {
            reader.began.succeed(error)
            reader.readings.cancel()
        }
    }

    private func connect(after milliseconds: Int64) {
        loop.scheduleTask(in: .milliseconds(milliseconds)) { [self] in
            if isShutDown || line.state != .waiting { return }
            generation += 1
            let mine = generation
            line.connecting(at: now)
            act()
            let opened = client.connect(on: loop) { [self] in
                WebSocketMessageHandler(
                    onText: { [self] buffer in
                        guard mine == generation else { return }
                        buffer.withUnsafeReadableBytes { line.received($0, at: now) }
                        act()
                    },
                    onClosed: { [self] _, _ in if mine == generation { closed() } })
            }
            opened.assumeIsolated().whenComplete { [self] result in
                switch result {
                case .success(let channel):
                    guard mine == generation, line.state == .connecting, !isShutDown else { return channel.close(promise: nil) }
                    self.channel = channel
                    line.opened(at: now)
                    act()
                case .failure(let error):
                    logger.info("no connection to the broker's market", metadata: ["error": "\(error)"])
                    if mine == generation { closed() }
                }
            }
        }
    }

    private func closed() {
        channel = nil
        line.closed(at: now)
        act()
    }

    private func close() {
        generation += 1
        channel?.close(promise: nil)
        channel = nil
    }

    // MARK: Time

    private func schedule() {
        let due = isShutDown ? nil : line.nextDeadline
        if due == timerAt { return }
        timer?.cancel()
        timerAt = due
        guard let due else { return }
        timer = loop.scheduleTask(in: .milliseconds(max(1, due.milliseconds(since: now) + 1))) { [self] in
            timerAt = nil
            line.passTime(at: now)
            act()
        }
    }
}
