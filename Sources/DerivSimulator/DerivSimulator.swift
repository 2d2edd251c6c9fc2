public import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
public import SimulatedMarket
public import TradingModel

/// A simulated broker that speaks Deriv's v3 protocol on a real WebSocket. Everything it does happens on one event loop.
///
///     let simulator = try DerivSimulator(configuration: configuration, group: group)
///     let port = try await simulator.start()      // ws://127.0.0.1:<port>/websockets/v3?app_id=1089
public final class DerivSimulator: Sendable {
    private let loop: any EventLoop
    private let configuration: DerivSimulatorConfiguration
    private let handedInClock: SimulatorClock?
    private let running: NIOLoopBoundBox<Running?>

    /// What exists between start and stop. It never leaves the loop.
    private final class Running {
        let desk: BrokerDesk
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
        /// Ends connections that have not become a WebSocket in time.
        var handshakes: [ObjectIdentifier: Scheduled<Void>] = [:]
        var market: Scheduled<Void>?
        var saving: RepeatedTask?
        init(desk: BrokerDesk) { self.desk = desk }
    }

    /// `clock` is shared with others in the process; without one the simulator makes its own, from the saved state or
    /// from the machine's time, at the configured speed.
    public init(configuration: DerivSimulatorConfiguration, clock: SimulatorClock? = nil, group: any EventLoopGroup) {
        (self.configuration, handedInClock, loop) = (configuration, clock, group.next())
        running = .makeEmptyBox(valueType: Running.self, eventLoop: loop)
    }

    /// Where a clock that is handed in must start so that the broker's time goes on, or nil for a directory without state.
    public static func resumeTime(stateDirectory: String) throws -> Timestamp? {
        let store = try StateStore(directory: stateDirectory)
        defer { store.close() }
        return try store.load()?.clock
    }

    /// Opens the port and the state, and lets the market run. Returns the port. A port that is taken leaves the state
    /// directory as it is; whoever connects before the state is read waits until it is.
    public func start() async throws -> Int {
        let (loop, configuration, clock, running) = (loop, configuration, handedInClock, running)
        let listener = try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.autoRead, value: false)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptPause()) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_sndbuf), value: numericCast(WebSocketSessionHandler.systemBuffer))
            // What one read brings may have to wait until answers are gone.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: WebSocketSessionHandler.largestRead))
            .childChannelInitializer { channel in DerivSimulator.prepare(channel, running) }
            .bind(host: configuration.host, port: configuration.port).get()
        do {
            try await loop.submit { running.value = Running(desk: try BrokerDesk(configuration, clock: clock)) }.get()
            try await listener.setOption(.autoRead, value: true).get()
        } catch {
            try? await listener.close().get()
            await stop()
            throw error
        }
        try await loop.submit {
            guard let state = running.value else { return }
            state.listener = listener
            DerivSimulator.scheduleMarket(running, loop)
            state.saving = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
                // A snapshot that failed is made again in a second; the ledger does not depend on it.
                try? running.value?.desk.save()
            }
        }.get()
        return listener.localAddress?.port ?? configuration.port
    }

    /// Closes port and sockets and writes the snapshot. The same object can be started again.
    public func stop() async {
        let (loop, running) = (loop, running)
        let closing = loop.flatSubmit { () -> EventLoopFuture<Void> in
            guard let state = running.value else { return loop.makeSucceededVoidFuture() }
            running.value = nil
            state.market?.cancel()
            state.saving?.cancel()
            state.desk.announceUpdating()
            for channel in state.connections.values { channel.pipeline.fireUserInboundEventTriggered(WebSocketSessionHandler.GoingAway()) }
            try? state.desk.save()
            let channels = state.connections.values + [state.listener].compactMap(\.self)
            let desk = NIOLoopBound(state.desk, eventLoop: loop)
            return EventLoopFuture.andAllComplete(channels.map { channel in channel.close() }, on: loop).always { _ in desk.value.close() }
        }
        // Closing fails only for what is closed already.
        try? await closing.get()
    }

    /// A copy of the broker as it is now: what really happened, for judging what a client believes happened.
    public func oracle() async throws -> SimulatedBroker {
        let running = running
        return try await loop.submit {
            guard let desk = running.value?.desk else { throw SimulatorIsNotRunning() }
            desk.catchUp()
            return desk.broker
        }.get()
    }

    /// What decides the prices: of a state directory that existed, its own seed.
    public func seed() async throws -> UInt64 {
        let running = running
        return try await loop.submit {
            guard let desk = running.value?.desk else { throw SimulatorIsNotRunning() }
            return desk.broker.seed
        }.get()
    }

    /// The broker's time now.
    public func now() async throws -> Timestamp { try await clock().now() }

    /// The clock in use.
    public func clock() async throws -> SimulatorClock {
        let running = running
        return try await loop.submit {
            guard let desk = running.value?.desk else { throw SimulatorIsNotRunning() }
            return desk.clock
        }.get()
    }

    /// Closes every socket as a restart of the broker would; the market runs on.
    public func dropConnections() async {
        let running = running
        try? await loop.submit { for channel in running.value?.connections.values.map(\.self) ?? [] { channel.close(promise: nil) } }.get()
    }

    /// Open connections, upgraded or not.
    func connectionCount() async throws -> Int {
        let running = running
        return try await loop.submit { running.value?.connections.count ?? 0 }.get()
    }

    // MARK: On the loop

    /// Wakes at each second of the broker's time: ticks fall on whole seconds.
    private static func scheduleMarket(_ running: NIOLoopBoundBox<Running?>, _ loop: any EventLoop) {
        guard let state = running.value else { return }
        let next = Timestamp(seconds: state.desk.now.seconds + 1)
        let wait = max(state.desk.clock.nanoseconds(until: next), 1_000_000)
        state.market = loop.scheduleTask(in: .nanoseconds(wait)) {
            guard let state = running.value else { return }
            state.desk.catchUp()
            state.desk.closeIdle()
            scheduleMarket(running, loop)
        }
    }

    /// Connections at a time; more are closed as they come.
    private static let mostConnections = 20_000
    /// How long a connection may take to become a WebSocket.
    private static let handshakeTime = TimeAmount.seconds(10)

    private static func prepare(_ channel: any Channel, _ running: NIOLoopBoundBox<Running?>) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            guard let state = running.value else { throw SimulatorIsNotRunning() }
            let id = ObjectIdentifier(channel)
            guard state.connections.count < mostConnections else { throw TooManyConnections() }
            state.connections[id] = channel
            state.handshakes[id] = channel.eventLoop.scheduleTask(in: handshakeTime) { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in
                running.value?.connections[id] = nil
                running.value?.handshakes.removeValue(forKey: id)?.cancel()
            }
            // No extension is offered back, which declines compression.
            let upgrader = NIOWebSocketServerUpgrader(
                maxFrameSize: WebSocketSessionHandler.largestFrame, automaticErrorHandling: false,
                shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
                upgradePipelineHandler: { channel, head in
                    channel.eventLoop.makeCompletedFuture {
                        guard let state = running.value else { throw SimulatorIsNotRunning() }
                        state.handshakes.removeValue(forKey: id)?.cancel()
                        try channel.pipeline.syncOperations.addHandler(ClientFrameRules())
                        try channel.pipeline.syncOperations.addHandler(
                            NIOWebSocketFrameAggregator(
                                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1_024, maxAccumulatedFrameSize: WebSocketSessionHandler.largestFrame))
                        try channel.pipeline.syncOperations.addHandler(WebSocketSessionHandler(desk: state.desk, appID: appID(in: head.uri)))
                    }
                })
            let refusal = NoUpgradeHandler(), bound = NIOLoopBound(refusal, eventLoop: channel.eventLoop)
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                withServerUpgrade: (
                    upgraders: [upgrader],
                    completionHandler: { context in
                        context.pipeline.syncOperations.removeHandler(bound.value, promise: nil)
                    }
                ))
            try channel.pipeline.syncOperations.addHandler(refusal)
        }
    }

    /// The number after `app_id=`, or nil.
    private static func appID(in uri: String) -> Int64? {
        guard let query = uri.split(separator: "?", maxSplits: 1).dropFirst().first else { return nil }
        return query.split(separator: "&").first { $0.hasPrefix("app_id=") }.flatMap { Int64($0.dropFirst("app_id=".count)) }
    }
}

public struct SimulatorIsNotRunning: Error {
    public init() {}
}

private struct TooManyConnections: Error {}

/// Tells plain HTTP requests that a WebSocket is spoken here.
private final class NoUpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let head = HTTPResponseHead(
            version: .http1_1, status: .upgradeRequired, headers: ["upgrade": "websocket", "connection": "close", "content-length": "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
    }
}
