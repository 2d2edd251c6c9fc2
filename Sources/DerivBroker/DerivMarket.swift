import DerivWire
public import Logging
public import NIOCore
import Synchronization
public import TradingModel
public import TradingPorts

/// Deriv's public market calls: one connection without a login, shared by everybody, beside the accounts' lines.
public final class DerivMarket: Market {
    private let runner: MarketRunner
    private let clock: TradingClock
    /// What the broker listed last, and when by this machine's clock. The lock is held for a look only.
    private struct Listed { var rows: [MarketSymbolRow], at: NIODeadline }
    private let listed = Mutex<Listed?>(nil)
    static let listedFor = TimeAmount.seconds(30)
    /// How many days ahead an opening is looked for.
    static let daysAhead = 7

    public init(address: BrokerAddress, group: any EventLoopGroup, clock: TradingClock, logger: Logger, seed: UInt64) throws {
        self.clock = clock
        runner = MarketRunner(loop: group.next(), client: try WebSocketClient(address: address), logger: logger, seed: seed)
    }

    public func shutDown() async { try? await runner.shutDown().get() }

    public func candles(of symbol: Symbol, seconds: Int64, count: Int) async throws(MarketError) -> Candles {
        precondition(Candles.lengths.contains(seconds) && (1...Candles.most).contains(count), "\(count) candles of \(seconds) s")
        guard case .candles(let candles) = try await runner.ask(.candles(symbol, seconds: seconds, count: count)).get() else { throw .unusable }
        return candles
    }

    public func standing(of symbol: Symbol) async throws(MarketError) -> MarketStanding {
        guard let row = try await symbols().first(where: { $0.symbol == symbol }) else {
            return MarketStanding(state: .unknown, displayName: "", market: "")
        }
        var standing = MarketStanding(state: .open, displayName: row.displayName, market: row.market)
        if row.isSuspended { standing.state = .suspended } else if !row.isOpen { standing.state = .closed(opens: try await opening(of: symbol)) }
        return standing
    }

    public func lists(_ symbol: Symbol) async throws(MarketError) -> Bool {
        if let kept = listed.withLock({ $0 }), kept.rows.contains(where: { $0.symbol == symbol }) { return true }
        return try await symbols().contains { $0.symbol == symbol }
    }

    private func symbols() async throws(MarketError) -> [MarketSymbolRow] {
        let now = NIODeadline.now()
        if let kept = listed.withLock({ $0 }), now - kept.at < DerivMarket.listedFor { return kept.rows }
        guard case .symbols(let rows) = try await runner.ask(.symbols).get() else { throw .unusable }
        listed.withLock { $0 = Listed(rows: rows, at: now) }
        return rows
    }

    /// The first opening after now, day by day.
    private func opening(of symbol: Symbol) async throws(MarketError) -> Timestamp? {
        let now = clock.now()
        for ahead in 0...Int32(DerivMarket.daysAhead) {
            let day = TradingDay(daysSince1970: Int32(TradingDay.floorDivide(now.seconds, 86_400)) + ahead)
            guard case .hours(let hours) = try await runner.ask(.hours(symbol, day)).get() else { throw .unusable }
            if let next = hours.first(where: { $0.opens > now }) { return next.opens }
        }
        return nil
    }

    public func readings(of topic: MarketTopic) async throws(MarketError) -> MarketReadings {
        try await runner.readings(of: topic).get()
    }
}
