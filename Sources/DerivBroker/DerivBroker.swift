import DerivWire
public import Logging
public import NIOCore
import Synchronization
public import TradingEngine
public import TradingModel
public import TradingPorts

/// Deriv's v3 API as a broker: one WebSocket an account, each driven by a `DerivLine`.
public final class DerivBroker: Broker {
    /// Where things go that are not a command's business.
    public struct Hooks: Sendable {
        public var sinks: BrokerSinks
        public var vault: CredentialVault
        /// The broker's clock showed `seconds` between these two moments of ours.
        public var onClock: @Sendable (_ seconds: Int64, _ sent: Timestamp, _ heard: Timestamp) -> Void
        /// A buy's frame was handed to the socket; for measuring.
        public var onBuyWritten: (@Sendable (IntentID) -> Void)?
        public init(
            sinks: BrokerSinks, vault: CredentialVault, onClock: @escaping @Sendable (Int64, Timestamp, Timestamp) -> Void,
            onBuyWritten: (@Sendable (IntentID) -> Void)? = nil
        ) {
            (self.sinks, self.vault, self.onClock, self.onBuyWritten) = (sinks, vault, onClock, onBuyWritten)
        }
    }

    /// Commands that may wait for one line.
    static let commandsWaitingMost = 1_024

    private struct Entry { let runner: LineRunner, waiting: Waiting }
    private final class Waiting: Sendable { let count = Atomic<Int>(0) }
    private struct State { var lines: [AccountID: Entry] = [:], isClosed = false }
    private let state = Mutex(State())
    let client: WebSocketClient
    let group: any EventLoopGroup
    private let clock: TradingClock
    let hooks: Hooks
    private let logger: Logger
    private let settings: LineSettings
    private let seed: UInt64

    public init(address: BrokerAddress, group: any EventLoopGroup, clock: TradingClock, hooks: Hooks, logger: Logger, seed: UInt64) throws {
        client = try WebSocketClient(address: address)
        (self.group, self.clock, self.hooks, self.logger, self.seed) = (group, clock, hooks, logger, seed)
        var settings = LineSettings()
        // What holds a buy up is this machine, whose seconds do not run faster.
        settings.buyWithinSeconds *= Int64(clock.speed)
        settings.clockAheadMost *= Int64(clock.speed)
        self.settings = settings
    }

    public func offer(_ command: BrokerCommand) -> Bool {
        let entry: Entry? = state.withLock { state in
            if state.isClosed { return nil }
            if case .open(let account, let profile) = command, state.lines[account] == nil {
                let line = DerivLine(account: account, profile: profile, settings: settings, seed: seed ^ UInt64(bitPattern: account.rawValue))
                let runner = LineRunner(line: line, loop: group.next(), client: client, clock: clock, hooks: hooks, logger: logger)
                state.lines[account] = Entry(runner: runner, waiting: Waiting())
            }
            return state.lines[command.account]
        }
        guard let entry else { return false }
        let waiting = entry.waiting
        // Opening, closing and hanging up are few, and a connection that lives on unknown would be worse than a long queue.
        let mayNotBeLost =
            switch command {
            case .open, .close, .hangUp: true
            case .buy, .watch, .lookUp, .offers, .quote: false
            }
        if waiting.count.wrappingAdd(1, ordering: .relaxed).newValue > DerivBroker.commandsWaitingMost, !mayNotBeLost {
            waiting.count.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        entry.runner.offer(command) { waiting.count.wrappingSubtract(1, ordering: .relaxed) }
        return true
    }

    public func whenBuysHaveLeft(_ accounts: [AccountID], _ done: @escaping @Sendable () -> Void) {
        let runners = state.withLock { state in accounts.compactMap { state.lines[$0]?.runner } }
        guard !runners.isEmpty else { return done() }
        let open = Waiting()
        open.count.store(runners.count, ordering: .relaxed)
        for runner in runners {
            runner.whenBuysHaveLeft {
                if open.count.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 { done() }
            }
        }
    }

    public func follow(_ account: AccountID, ticksOf symbols: [Symbol], past: Int, fresh: [Symbol]) {
        state.withLock { $0.lines[account] }?.runner.follow(symbols, past: past, fresh: fresh)
    }

    /// Closes every line. What is still offered is not taken.
    public func shutDown() async {
        let entries = state.withLock { state in
            state.isClosed = true
            return Array(state.lines.values)
        }
        for entry in entries { try? await entry.runner.shutDown().get() }
    }

    // MARK: Checking a token

    /// Scopes that a token needs, and those that no token of ours may have: they move money out or make new tokens.
    static let neededScopes = ["read", "trade"]
    static let forbiddenScopes = ["payments", "admin"]

    public func check(_ token: Secret) async throws(BrokerCheckError) -> CheckedToken {
        let answer: TokenCheck.Answer
        do { answer = try await askOnce(token) } catch { throw .unreachable("\(error)") }
        switch answer {
        case .refused(let code): throw .refused(code: code)
        case .unusable(let what): throw .unusable(what)
        case .other: throw .unreachable("no answer within 15 seconds")
        case .taken(let profile, let balance, let scopes):
            let missing = DerivBroker.neededScopes.filter { !scopes.contains($0) }, forbidden = DerivBroker.forbiddenScopes.filter { scopes.contains($0) }
            guard missing.isEmpty, forbidden.isEmpty else { throw .scopes(missing: missing, forbidden: forbidden) }
            return CheckedToken(profile: profile, balance: balance, scopes: scopes)
        }
    }

    private func askOnce(_ token: Secret) async throws -> TokenCheck.Answer {
        let loop = group.next(), answered = loop.makePromise(of: TokenCheck.Answer.self)
        let connecting = client.connect(on: loop) {
            WebSocketMessageHandler(
                onText: { buffer in
                    let answer = buffer.withUnsafeReadableBytes(TokenCheck.read)
                    if case .other = answer { return }
                    answered.succeed(answer)
                },
                onClosed: { cause, _ in answered.succeed(.unusable(cause)) })
        }
        // Without a connection nobody would ever answer.
        connecting.whenFailure { answered.fail($0) }
        let channel = try await connecting.get()
        let timeout = loop.scheduleTask(in: .seconds(15)) { answered.succeed(.other) }
        var buffer = channel.allocator.buffer(capacity: 128)
        buffer.writeBytes(TokenCheck.frame(token))
        channel.writeAndFlush(WebSocketMessageHandler.frame(buffer), promise: nil)
        let answer = try await answered.futureResult.get()
        timeout.cancel()
        channel.close(promise: nil)
        return answer
    }
}
