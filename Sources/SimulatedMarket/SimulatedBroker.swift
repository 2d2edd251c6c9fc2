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
    public private(set) var accounts: [Label: BrokerAccount] = [:]
    /// Every booking of every account, in order; ids ascend without gaps.
    public private(set) var ledger: [Booking] = []
    /// Every contract ever sold, in order; ids ascend without gaps.
    public private(set) var contracts: [SoldContract] = []
    /// Indices of the contracts that are not settled, ascending.
    public private(set) var open: [Int] = []
    /// Contracts whose settlement is held up, and until when.
    private var held: [ContractID: Timestamp] = [:]
    private var paths: [PricePath]
    private var histories: [TickHistory]

    /// Ticks that are kept of each symbol.
    public static let historyCapacity = 5_000
    static let firstContract: Int64 = 260_000_000_001
    static let firstTransaction: Int64 = 520_000_000_001

    /// A new market that has run for `historyTicks` ticks (1 to 5,000) of each symbol before `now`.
    public init(seed: UInt64, startingAt now: Timestamp, markets: [MarketSymbol] = MarketSymbol.all, historyTicks: Int = historyCapacity) {
        let positions = markets.map { market in
            let last = now.seconds - now.seconds % market.tickSeconds
            let first = last - Int64(historyTicks - 1) * market.tickSeconds
            return MarketPosition(symbol: market.symbol, epoch: first, pips: market.openingPips, origin: first)
        }
        self.init(restoring: BrokerState(seed: seed, clock: now, positions: positions))
    }

    /// The broker a state describes: the market is run again from each symbol's position to the clock, and open
    /// contracts look at the ticks they may have missed.
    public init(restoring state: BrokerState) {
        (seed, clock) = (state.seed, state.clock)
        let positions = state.positions.compactMap { position in MarketSymbol.named(position.symbol).map { ($0, position) } }
        markets = positions.map(\.0)
        paths = positions.map { PricePath($0, seed: state.seed, epoch: $1.epoch, pips: $1.pips, origin: $1.origin) }
        histories = paths.map { path in
            var history = TickHistory(capacity: SimulatedBroker.historyCapacity)
            history.append(Tick(symbol: path.symbol, time: Timestamp(seconds: path.epoch), price: Price(pips: path.pips)))
            return history
        }
        for index in paths.indices {
            while paths[index].epoch + paths[index].tickSeconds <= clock.seconds { histories[index].append(paths[index].step()) }
        }
        for account in state.accounts {
            accounts[account.login] = BrokerAccount(
                login: account.login, isVirtual: account.isVirtual, openedAt: account.openedAt, currency: account.balance.currency)
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
            for tick in history(of: contracts[index].terms.symbol)! { contracts[index].take(tick) }
        }
    }

    // MARK: Questions

    public func market(_ symbol: Symbol) -> MarketSymbol? { markets.first { $0.symbol == symbol } }
    public func history(of symbol: Symbol) -> TickHistory? { paths.firstIndex { $0.symbol == symbol }.map { histories[$0] } }
    public func spot(of symbol: Symbol) -> Tick? {
        paths.first { $0.symbol == symbol }.map { Tick(symbol: symbol, time: Timestamp(seconds: $0.epoch), price: Price(pips: $0.pips)) }
    }
    public func contract(_ id: ContractID) -> SoldContract? {
        let index = id.rawValue - SimulatedBroker.firstContract
        return contracts.indices.contains(Int(clamping: index)) ? contracts[Int(index)] : nil
    }
    public func booking(_ id: TransactionID) -> Booking? {
        let index = id.rawValue - SimulatedBroker.firstTransaction
        return ledger.indices.contains(Int(clamping: index)) ? ledger[Int(index)] : nil
    }

    /// What `amount` would buy, or what a payout of `amount` would cost.
    public func quote(_ terms: ContractTerms, _ amount: Money, as basis: Basis = .stake) -> Result<Quote, BrokerRejection> {
        priced(terms, amount, as: basis).flatMap { quote in
            SimulatedBroker.limitBroken(by: quote).map { .failure($0) } ?? .success(quote)
        }
    }

    private func priced(_ terms: ContractTerms, _ amount: Money, as basis: Basis) -> Result<Quote, BrokerRejection> {
        guard market(terms.symbol) != nil else { return .failure(.unknownSymbol(terms.symbol)) }
        guard MarketOffers.cover(terms) else { return .failure(.notOffered(terms)) }
        // Past this no sum of money is believed, and the arithmetic of the payout stays in 64 bits.
        guard amount.minorUnits <= Money.most else { return .failure(.payoutTooHigh(most: PayoutModel.mostPayout(in: amount.currency))) }
        switch basis {
        case .stake: return .success(Quote(terms: terms, price: amount, payout: PayoutModel.payout(forStake: amount, on: terms.kind)))
        case .payout: return .success(Quote(terms: terms, price: PayoutModel.price(forPayout: amount, on: terms.kind), payout: amount))
        }
    }

    private static func limitBroken(by quote: Quote) -> BrokerRejection? {
        let least = PayoutModel.leastStake(in: quote.price.currency), most = PayoutModel.mostPayout(in: quote.price.currency)
        if quote.price < least { return .stakeTooLow(least: least) }
        return quote.payout > most ? .payoutTooHigh(most: most) : nil
    }

    // MARK: Acts

    /// Opens an account with a first credit. An account that exists is left as it is.
    @discardableResult
    public mutating func openAccount(_ login: Label, balance: Money, isVirtual: Bool = true, at now: Timestamp) -> Booking? {
        guard accounts[login] == nil else { return nil }
        accounts[login] = BrokerAccount(login: login, isVirtual: isVirtual, openedAt: now, currency: balance.currency)
        return book(.virtualCredit, balance, on: login, contract: nil, at: now)
    }

    /// Adds money to an account that exists.
    public mutating func credit(_ login: Label, _ amount: Money, at now: Timestamp) -> Booking {
        book(.virtualCredit, amount, on: login, contract: nil, at: now)
    }

    /// Sells a contract at its price now when that is at most `maximumPrice`. The market must have been advanced to
    /// `now`, and the account must exist: both are the caller's to see to.
    public mutating func buy(
        _ login: Label, _ terms: ContractTerms, _ amount: Money, as basis: Basis = .stake, maximumPrice: Money, tag: String? = nil, at now: Timestamp
    ) -> Result<Receipt, BrokerRejection> {
        precondition(now.seconds == clock.seconds, "the market was not advanced to the moment of the buy: \(clock), not \(now)")
        guard let account = accounts[login] else { preconditionFailure("a buy on an account that was never opened: \(login)") }
        guard amount.currency == account.balance.currency else { return .failure(.currencyDiffers(account: account.balance.currency)) }
        let quote: Quote
        switch priced(terms, amount, as: basis) {
        case .failure(let rejection): return .failure(rejection)
        case .success(let priced): quote = priced
        }
        guard quote.price <= maximumPrice else { return .failure(.priceMoved(ask: quote.price, maximum: maximumPrice)) }
        guard quote.price <= account.balance else { return .failure(.insufficientBalance(balance: account.balance, price: quote.price)) }
        if let rejection = SimulatedBroker.limitBroken(by: quote) { return .failure(rejection) }

        let id = ContractID(rawValue: SimulatedBroker.firstContract + Int64(contracts.count))
        let booking = book(.buy, -quote.price, on: login, contract: id, at: now)
        let contract = SoldContract(
            id: id, login: login, terms: terms, price: quote.price, payout: quote.payout,
            purchasedAt: Timestamp(seconds: now.seconds), buy: booking.id, tag: tag)
        open.append(contracts.count)
        accounts[login]!.contracts.append(contracts.count)
        contracts.append(contract)
        return .success(Receipt(contract: contract, booking: booking))
    }

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
        for index in paths.indices where paths[index].epoch + paths[index].tickSeconds <= second {
            let tick = paths[index].step()
            histories[index].append(tick)
            for position in open where contracts[position].terms.symbol == tick.symbol { contracts[position].take(tick) }
            sink(.tick(tick))
        }
        guard !open.isEmpty else { return }
        let now = Timestamp(seconds: second)
        for position in open {
            if let until = held[contracts[position].id], now < until { continue }
            guard let won = contracts[position].verdict(at: now) else { continue }
            let contract = contracts[position]
            let payout = won ? contract.payout : .zero(contract.payout.currency)
            let booking = book(.sell, payout, on: contract.login, contract: contract.id, at: now)
            contracts[position].settle(ContractSettlement(won: won, payout: payout, sell: booking.id, time: now))
            sink(.settled(contracts[position], booking))
        }
        open.removeAll { !contracts[$0].isOpen }
    }

    private mutating func book(_ action: Booking.Action, _ amount: Money, on login: Label, contract: ContractID?, at now: Timestamp) -> Booking {
        let balance = accounts[login]!.balance + amount
        precondition(balance.minorUnits >= 0, "an account was overdrawn: \(login) \(balance)")
        let booking = Booking(
            id: TransactionID(rawValue: SimulatedBroker.firstTransaction + Int64(ledger.count)), login: login, action: action,
            amount: amount, balanceAfter: balance, contract: contract, time: now)
        accounts[login]!.balance = balance
        accounts[login]!.bookings.append(ledger.count)
        ledger.append(booking)
        return booking
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
