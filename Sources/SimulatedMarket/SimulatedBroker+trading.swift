public import TradingModel

/// What a client makes the broker do: quotes, purchases, sales, orders, accounts.
extension SimulatedBroker {
    // MARK: Quotes

    /// What `amount` would buy, or what a payout of `amount` would cost.
    public func quote(_ terms: OfferedTerms, _ amount: Money, as basis: Basis = .stake, limits: LimitOrder = LimitOrder()) -> Result<Quote, BrokerRejection> {
        priced(terms, amount, as: basis).flatMap { quote in
            limitBroken(by: quote, limits).map { .failure($0) } ?? .success(quote)
        }
    }

    public func quote(_ terms: ContractTerms, _ amount: Money, as basis: Basis = .stake) -> Result<Quote, BrokerRejection> {
        quote(OfferedTerms(terms), amount, as: basis)
    }

    private func priced(_ terms: OfferedTerms, _ amount: Money, as basis: Basis) -> Result<Quote, BrokerRejection> {
        guard let market = market(terms.symbol) else { return .failure(.unknownSymbol(terms.symbol)) }
        guard MarketOffers.cover(terms, on: market) else { return .failure(.notOffered(terms)) }
        if let opens = opening(of: market) { return .failure(.marketIsClosed(opens: opens)) }
        if let last = MarketOffers.lastEnd(from: clock.seconds, on: market), let end = MarketOffers.latestEnd(of: terms, from: clock.seconds, on: market),
            end >= last
        {
            return .failure(.endsTooLate(last: Timestamp(seconds: last)))
        }
        // Past this no sum of money is believed, and the arithmetic of the payout stays in 64 bits.
        guard amount.minorUnits <= Money.most else { return .failure(.payoutTooHigh(most: PayoutModel.mostPayout(in: amount.currency))) }
        guard let ask = PayoutModel.ask(terms, on: market) else {
            return basis == .stake ? .success(Quote(terms: terms, price: amount, payout: .zero(amount.currency))) : .failure(.stakeOnly)
        }
        switch basis {
        case .stake: return .success(Quote(terms: terms, price: amount, payout: PayoutModel.payout(forStake: amount, ask: ask)))
        case .payout: return .success(Quote(terms: terms, price: PayoutModel.price(forPayout: amount, ask: ask), payout: amount))
        }
    }

    private func limitBroken(by quote: Quote, _ limits: LimitOrder) -> BrokerRejection? {
        let currency = quote.price.currency
        guard quote.terms.kind.family == .multiplier else {
            let least = PayoutModel.leastStake(in: currency), most = PayoutModel.mostPayout(in: currency)
            if quote.price < least { return .stakeTooLow(least: least) }
            return quote.payout > most ? .payoutTooHigh(most: most) : nil
        }
        let stakes = MultiplierRule.stakes
        if quote.price.minorUnits < stakes.lowerBound { return .stakeTooLow(least: Money(minorUnits: stakes.lowerBound, currency: currency)) }
        if quote.price.minorUnits > stakes.upperBound { return .stakeTooHigh(most: Money(minorUnits: stakes.upperBound, currency: currency)) }
        return multiplierRule(of: quote)!.refusal(of: limits)
    }

    /// How the multiplier of a quote would be valued, or nil for other kinds.
    public func multiplierRule(of quote: Quote) -> MultiplierRule? {
        guard let multiplier = quote.terms.multiplier, let market = market(quote.terms.symbol) else { return nil }
        return MultiplierRule(
            stake: quote.price, multiplier: multiplier, isUp: quote.terms.kind == .multiplierUp, commissionMillionths: market.commissionMillionths)
    }

    // MARK: Acts

    /// Opens an account with a first credit. An account that exists is left as it is.
    @discardableResult
    public mutating func openAccount(_ login: Label, balance: Money, isVirtual: Bool = true, owner: UInt64? = nil, at now: Timestamp) -> Booking? {
        guard accounts[login] == nil else { return nil }
        accounts[login] = BrokerAccount(login: login, isVirtual: isVirtual, openedAt: now, owner: owner, currency: balance.currency)
        return book(.virtualCredit, balance, on: login, contract: nil, at: now)
    }

    /// Adds money to an account that exists.
    public mutating func credit(_ login: Label, _ amount: Money, at now: Timestamp) -> Booking {
        book(.virtualCredit, amount, on: login, contract: nil, at: now)
    }

    /// Sells a contract at its price now when that is at most `maximumPrice`. The market must have been advanced to
    /// `now`, and the account must exist: both are the caller's to see to.
    public mutating func buy(
        _ login: Label, _ terms: OfferedTerms, _ amount: Money, as basis: Basis = .stake, maximumPrice: Money, limits: LimitOrder = LimitOrder(),
        tag: String? = nil, at now: Timestamp
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
        if let rejection = limitBroken(by: quote, limits) { return .failure(rejection) }

        let id = ContractID(rawValue: SimulatedBroker.firstContract + Int64(contracts.count))
        let booking = book(.buy, -quote.price, on: login, contract: id, at: now)
        let contract = SoldContract(
            id: id, login: login, offer: terms, price: quote.price, payout: quote.payout,
            purchasedAt: Timestamp(seconds: now.seconds), buy: booking.id, tag: tag,
            // A multiplier is priced on the tick there is.
            entry: terms.kind.family == .multiplier ? spot(of: terms.symbol) : nil, limits: limits,
            commission: multiplierRule(of: quote)?.commission)
        open.append(contracts.count)
        accounts[login]!.contracts.append(contracts.count)
        contracts.append(contract)
        return .success(Receipt(contract: contract, booking: booking))
    }

    /// The same for what our engine trades.
    public mutating func buy(
        _ login: Label, _ terms: ContractTerms, _ amount: Money, as basis: Basis = .stake, maximumPrice: Money, tag: String? = nil, at now: Timestamp
    ) -> Result<Receipt, BrokerRejection> {
        buy(login, OfferedTerms(terms), amount, as: basis, maximumPrice: maximumPrice, limits: LimitOrder(), tag: tag, at: now)
    }

    /// Buys a running contract of the account back at its value now, when that is at least `minimumPrice`.
    public mutating func sell(_ login: Label, _ id: ContractID, minimumPrice: Money, at now: Timestamp) -> Result<Receipt, BrokerRejection> {
        precondition(now.seconds == clock.seconds, "the market was not advanced to the moment of the sale: \(clock), not \(now)")
        guard let position = place(of: id), contracts[position].login == login else { return .failure(.nothingToSell(id)) }
        let contract = contracts[position], bid: Money
        switch self.bid(for: contract) {
        case .failure(let rejection): return .failure(rejection)
        case .success(let value): bid = value
        }
        guard bid >= minimumPrice else { return .failure(.bidMoved(bid: bid, minimum: minimumPrice)) }
        let booking = book(.sell, bid, on: login, contract: id, at: now)
        contracts[position].settle(ContractSettlement(cause: .sale, payout: bid, sell: booking.id, time: now), exit: spot(of: contract.symbol))
        open.removeAll { $0 == position }
        return .success(Receipt(contract: contracts[position], booking: booking))
    }

    /// Books at once what has ended on the account and waits for its booking.
    public mutating func settleExpired(_ login: Label, at now: Timestamp) -> [(contract: SoldContract, booking: Booking)] {
        var settled: [(contract: SoldContract, booking: Booking)] = []
        for position in open where contracts[position].login == login {
            settle(position, at: now, after: 0) { event in
                if case .settled(let contract, let booking) = event { settled.append((contract, booking)) }
            }
        }
        open.removeAll { !contracts[$0].isOpen }
        return settled
    }

    /// Replaces the orders of a running multiplier; once a second at most.
    public mutating func change(_ limits: LimitOrder, of id: ContractID, on login: Label, at now: Timestamp) -> Result<SoldContract, BrokerRejection> {
        guard let position = place(of: id), contracts[position].login == login, contracts[position].isOpen, contracts[position].exit == nil,
            let rule = contracts[position].multiplierRule
        else { return .failure(.noOrders(id)) }
        guard now.seconds > contracts[position].limitChanges.last!.time.seconds else { return .failure(.changedTooOften) }
        if let rejection = rule.refusal(of: limits) { return .failure(rejection) }
        contracts[position].change(limits, at: Timestamp(seconds: now.seconds))
        return .success(contracts[position])
    }

    mutating func book(_ action: Booking.Action, _ amount: Money, on login: Label, contract: ContractID?, at now: Timestamp) -> Booking {
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
}

extension MultiplierRule {
    /// The profits that can be ordered.
    public var takeProfits: ClosedRange<Money> {
        Money(
            minorUnits: MultiplierRule.leastTakeProfit, currency: stake.currency)...Money(
                minorUnits: max(MultiplierRule.leastTakeProfit, stake.minorUnits * MultiplierRule.mostTakeProfitStakes), currency: stake.currency)
    }
    /// The losses that can be ordered: a little more than the commission, and the stake.
    public var stopLosses: ClosedRange<Money> {
        let least = commission + Money(minorUnits: MultiplierRule.leastTakeProfit, currency: stake.currency)
        return min(least, stake)...stake
    }

    /// Why these orders are not taken, or nil when they are.
    func refusal(of limits: LimitOrder) -> BrokerRejection? {
        if let takeProfit = limits.takeProfit, !takeProfits.contains(takeProfit) { return .takeProfitOutside(takeProfits) }
        if let stopLoss = limits.stopLoss, !stopLosses.contains(stopLoss) { return .stopLossOutside(stopLosses) }
        return nil
    }
}
