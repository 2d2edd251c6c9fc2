import SimulatedMarket
import TradingEngine
import TradingModel

// The broker's side of a run: it sells what reaches it, and answers with what it knows, late and sometimes not at all.
extension Simulation {
    mutating func brokerReceives(_ command: BrokerCommand) {
        switch command {
        case .buy(_, let intent): sell(intent)
        case .watch(_, let id):
            guard let contract = broker.contract(id) else { return }
            let settlement = contract.settlement.map { Settlement(contract: id, transaction: $0.sell, payout: $0.payout, settledAt: $0.time) }
            tell(.contractSeen(id, settlement: settlement))
        case .lookUp(_, let intents, let anchor, _): tell(.lookedUp(findings(intents, anchor: anchor)))
        case .offers(_, let symbol): tell(.offers(symbol, EngineScript.offers(symbol)))
        case .quote(_, let terms, let stake): quote(terms, stake)
        case .open, .close, .hangUp: break
        }
    }

    private mutating func sell(_ intent: BuyIntent) {
        switch broker.buy(login, intent.terms, intent.stake.amount, maximumPrice: intent.stake.amount, tag: intent.id.text, at: now) {
        case .failure(let rejection): tell(.buyRejected(intent.id, Rejection(code: Label(rejection.code)!)), mayBeLost: true)
        case .success(let receipt):
            note("sold \(intent.id.signal.short) #\(receipt.contract.id)")
            tell(.booked(ToldBooking(simulated: receipt.booking)))
            let contract = Contract(
                id: receipt.contract.id, transaction: receipt.booking.id, price: receipt.contract.price, payout: receipt.contract.payout,
                purchasedAt: Timestamp(seconds: receipt.contract.purchasedAt.seconds))
            tell(.bought(intent.id, contract, balance: receipt.booking.balanceAfter), mayBeLost: true)
        }
    }

    /// Now and then the payout is too low, and the quote of a contract that is not sold is refused.
    private mutating func quote(_ terms: ContractTerms, _ stake: Money) {
        switch broker.quote(terms, stake) {
        case .failure(let rejection): tell(.quoteRefused(terms, stake: stake, Rejection(code: Label(rejection.code)!)), mayBeLost: true)
        case .success(let quote):
            let told = random.chance(percent: 20) ? stake : quote.payout
            quotes[terms] = told
            tell(.quoted(terms, stake: stake, payout: told), mayBeLost: true)
        }
    }

    /// Somebody trades the account by hand.
    mutating func outsideTrade() {
        let terms = ContractTerms(symbol: Simulation.symbol, kind: .rise, duration: .ticks(7))
        if case .success(let receipt) = broker.buy(login, terms, .usd(777), maximumPrice: .usd(777), tag: nil, at: now) {
            note("outside trade #\(receipt.contract.id)")
            tell(.booked(ToldBooking(simulated: receipt.booking)))
        }
    }

    /// What the statement shows: everything but what was booked within its lag.
    private mutating func findings(_ intents: [BuyIntent], anchor: TransactionID?) -> Findings {
        let hidden = plan.statementLag > 0 ? random.pick(0...plan.statementLag) : 0
        let all = broker.ledger.filter { $0.login == login }
        let visible = all.filter { $0.time <= now.adding(milliseconds: -hidden) || $0.id == all.first?.id }
        let bookings = visible.filter { anchor == nil || $0.id > anchor! }.map { row in
            var booking = ToldBooking(simulated: row)
            if row.action == .buy, let contract = row.contract.flatMap({ broker.contract($0) }) {
                booking.payout = contract.payout
                booking.mayBe = intents.filter {
                    $0.terms == contract.terms && $0.stake.amount == contract.price && contract.purchasedAt >= $0.intendedAt.adding(seconds: -3)
                        && contract.purchasedAt <= $0.intendedAt.adding(seconds: 600)
                }.map(\.id)
            }
            return booking
        }
        return Findings(
            askedAt: now, bookings: bookings, chainCloses: visible.count == all.count, balance: broker.accounts[login]!.balance,
            newest: visible.last?.id, about: intents.map(\.id))
    }
}

extension ToldBooking {
    /// The same booking as our side is told of it.
    init(simulated row: SimulatedRow) {
        let action: Action =
            switch row.action {
            case .buy: .buy
            case .sell: .sell
            case .virtualCredit: .other
            }
        self.init(
            transaction: row.id, action: action, contract: row.contract, amount: row.amount, balanceAfter: row.balanceAfter,
            at: Timestamp(seconds: row.time.seconds))
    }
}

/// A row of the simulated broker's ledger.
typealias SimulatedRow = SimulatedMarket.Booking
