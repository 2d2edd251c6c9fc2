public import TradingModel

/// What the market did, in order.
public enum MarketEvent: Hashable, Sendable {
    case tick(Tick)
    case settled(SoldContract, Booking)
}

/// A broker made of arithmetic: prices from a seed, contracts, accounts and a ledger. Time is an argument and chance a
/// seed, so the same calls give the same broker.
public struct SimulatedBroker: Sendable {
    public let seed: UInt64
    /// The moment up to which the market has run.
    public private(set) var clock: Timestamp
    public let markets: [MarketSymbol]
    /// Seconds between the end of a contract and its booking, 0 to 3,600. The broker of the world takes some.
    public var settlementDelay: Int64 = 0 {
        willSet { precondition((0...3_600).contains(newValue), "a settlement delay of 0 to 3,600 s: \(newValue)") }
    }
    public internal(set) var accounts: [Label: BrokerAccount] = [:]
    /// Every booking of every account, in order; ids ascend without gaps.
    public internal(set) var ledger: [Booking] = []
    /// Every contract ever sold, in order; ids ascend without gaps.
    public internal(set) var contracts: [SoldContract] = []
    /// Indices of the contracts that are not settled, ascending.
    public internal(set) var open: [Int] = []
    /// Contracts whose settlement is held up, and until when.
    private var held: [ContractID: Timestamp] = [:]
    private var paths: [PricePath]
    private var histories: [TickHistory]
    /// Where a symbol stands in `markets`, `paths` and `histories`.
    private let places: [Symbol: Int]

    /// Ticks that are kept of each symbol.
    public static let historyCapacity = 5_000
    static let firstContract: Int64 = 260_000_000_001
    static let firstTransaction: Int64 = 520_000_000_001

    /// A new market that has run for `historyTicks` ticks (1 to 5,000) of each symbol before `now`.
    public init(seed: UInt64, startingAt now: Timestamp, markets: [MarketSymbol] = MarketSymbol.all, historyTicks: Int = historyCapacity) {
        let positions = markets.map { MarketPosition.opening($0, before: now, ticks: historyTicks) }
        self.init(restoring: BrokerState(seed: seed, clock: now, positions: positions))
    }

    /// The broker a state describes: the market is run again from each symbol's position to the clock, and open
    /// contracts look at the ticks they may have missed.
    public init(restoring state: BrokerState) {
        (seed, clock) = (state.seed, state.clock)
        let positions = state.positions.compactMap { position in MarketSymbol.named(position.symbol).map { ($0, position) } }
        markets = positions.map(\.0)
        places = Dictionary(uniqueKeysWithValues: markets.enumerated().map { ($1.symbol, $0) })
        paths = positions.map { PricePath($0, seed: state.seed, epoch: $1.epoch, pips: $1.pips, origin: $1.origin) }
        histories = paths.map { path in
            var history = TickHistory(capacity: SimulatedBroker.historyCapacity)
            history.append(Tick(symbol: path.symbol, time: Timestamp(seconds: path.epoch), price: Price(pips: path.pips)))
            return history
        }
        for index in paths.indices {
            while paths[index].nextEpoch <= clock.seconds { histories[index].append(paths[index].step()) }
        }
        for account in state.accounts {
            accounts[account.login] = BrokerAccount(
                login: account.login, isVirtual: account.isVirtual, openedAt: account.openedAt, owner: account.owner,
                currency: account.balance.currency)
        }
        (ledger, contracts) = (state.ledger, state.contracts)
        for index in ledger.indices {
            let booking = ledger[index]
            precondition(booking.id.rawValue == SimulatedBroker.firstTransaction + Int64(index), "the ledger has a gap at \(booking.id)")
            accounts[booking.login]!.balance = booking.balanceAfter
            accounts[booking.login]!.bookings.append(index)
        }
        for index in contracts.indices {
            precondition(contracts[index].id.rawValue == SimulatedBroker.firstContract + Int64(index), "a contract is missing before \(contracts[index].id)")
            accounts[contracts[index].login]!.contracts.append(index)
            guard contracts[index].isOpen else { continue }
            open.append(index)
            for tick in history(of: contracts[index].symbol)! { contracts[index].take(tick) }
        }
    }

    // MARK: Questions

    public func market(_ symbol: Symbol) -> MarketSymbol? { places[symbol].map { markets[$0] } }
    public func history(of symbol: Symbol) -> TickHistory? { places[symbol].map { histories[$0] } }
    /// The newest tick.
    public func spot(of symbol: Symbol) -> Tick? {
        places[symbol].map { Tick(symbol: symbol, time: Timestamp(seconds: paths[$0].epoch), price: Price(pips: paths[$0].pips)) }
    }
    public func contract(_ id: ContractID) -> SoldContract? { place(of: id).map { contracts[$0] } }
    public func booking(_ id: TransactionID) -> Booking? {
        SimulatedBroker.index(id.rawValue, from: SimulatedBroker.firstTransaction, in: ledger.indices).map { ledger[$0] }
    }

    func place(of id: ContractID) -> Int? { SimulatedBroker.index(id.rawValue, from: SimulatedBroker.firstContract, in: contracts.indices) }

    /// Ids come from outside: any number may be asked for.
    private static func index(_ id: Int64, from first: Int64, in indices: Range<Int>) -> Int? {
        let (index, overflow) = id.subtractingReportingOverflow(first)
        return !overflow && indices.contains(Int(index)) ? Int(index) : nil
    }

    /// What a running contract would be bought back for, or why it is not.
    public func bid(for contract: SoldContract) -> Result<Money, BrokerRejection> {
        let market = market(contract.symbol)!, spot = spot(of: contract.symbol)!
        guard contract.isOpen, contract.exit == nil else { return .failure(.nothingToSell(contract.id)) }
        if let opens = opening(of: market) { return .failure(.marketIsClosed(opens: opens)) }
        if let rule = contract.multiplierRule { return .success(rule.value(entry: contract.entry!.price, spot: spot.price)) }
        guard contract.offer.kind.family == .direction, contract.offer.tickCount == nil else { return .failure(.notSoldBack(contract.offer)) }
        return ResaleModel.bid(for: contract, at: spot, on: market).map { .success($0) } ?? .failure(.entryTickMissing)
    }

    /// When a market that is closed now opens, or nil when it is open.
    func opening(of market: MarketSymbol) -> Timestamp? {
        market.hours.isOpen(clock.seconds) ? nil : Timestamp(seconds: market.hours.opening(atOrAfter: clock.seconds))
    }

    // MARK: Time

    /// Holds up a contract's settlement: it is booked at the moment given instead of when its exit tick came.
    public mutating func hold(_ contract: ContractID, until moment: Timestamp) { held[contract] = moment }

    /// Runs the market to `now`: in each second first the ticks in the catalogue's order, then what they settle in the
    /// order of the contracts. An earlier `now` changes nothing.
    public mutating func advance(to now: Timestamp, _ sink: (MarketEvent) -> Void) {
        guard now > clock else { return }
        for second in clock.seconds..<now.seconds { runSecond(second + 1, sink) }
        clock = now
    }

    private mutating func runSecond(_ second: Int64, _ sink: (MarketEvent) -> Void) {
        for index in paths.indices where paths[index].nextEpoch <= second {
            let tick = paths[index].step()
            histories[index].append(tick)
            for position in open where contracts[position].symbol == tick.symbol { contracts[position].take(tick) }
            sink(.tick(tick))
        }
        guard !open.isEmpty else { return }
        let now = Timestamp(seconds: second)
        for position in open {
            if let until = held[contracts[position].id], now < until { continue }
            settle(position, at: now, after: settlementDelay, sink)
        }
        open.removeAll { !contracts[$0].isOpen }
    }

    /// Books the end of a contract, if it has been certain for `delay` seconds.
    mutating func settle(_ position: Int, at now: Timestamp, after delay: Int64, _ sink: (MarketEvent) -> Void) {
        guard let (payout, cause) = contracts[position].outcome(at: now), now >= contracts[position].expiredAt!.adding(seconds: delay) else { return }
        let contract = contracts[position]
        let booking = book(.sell, payout, on: contract.login, contract: contract.id, at: now)
        contracts[position].settle(ContractSettlement(cause: cause, payout: payout, sell: booking.id, time: now))
        sink(.settled(contracts[position], booking))
    }

    /// Everything that is needed to go on from here.
    public var state: BrokerState {
        BrokerState(
            seed: seed, clock: clock, positions: positions, accounts: accounts.values.sorted { $0.login < $1.login }, ledger: ledger, contracts: contracts)
    }

    /// The oldest tick that is kept of each symbol; from there the market repeats itself.
    public var positions: [MarketPosition] {
        zip(histories, paths).map { MarketPosition(symbol: $0[0].symbol, epoch: $0[0].time.seconds, pips: $0[0].price.pips, origin: $1.origin) }
    }
}
