import PlainJSON
import SimulatedMarket
import TradingModel

/// Quotes and purchases.
extension V3Session {
    func proposal(_ request: Request) throws(V3Error) {
        let wish = try Proposal.Wish(request.value)
        let quote: Quote
        switch broker.quote(wish.terms, wish.amount, as: wish.basis, limits: wish.limits) {
        case .failure(let rejection): throw rejection.error
        case .success(let offered): quote = offered
        }
        let id = desk.identifier()
        if request.wantsStream { try open(.proposal(wish), for: request, id: id) }
        proposals.append(Proposal(id: id, wish: wish))
        if proposals.count > Proposal.most { proposals.removeFirst() }
        answer(
            request.origin.message("proposal", subscription: request.wantsStream ? id : nil) { json in
                json.object { write(quote, wish.limits, id: id, &$0) }
            })
    }

    /// The spot and what follows from it move with the market, but for the indices whose quotes the broker keeps silent.
    func publishQuote(_ wish: Proposal.Wish, at tick: Tick, _ stream: Stream) {
        guard !MarketOffers.isConstant(wish.terms), case .success(let quote) = broker.quote(wish.terms, wish.amount, as: wish.basis, limits: wish.limits)
        else { return }
        send(
            stream.origin.message("proposal", subscription: stream.id) { json in
                json.object { write(quote, wish.limits, id: stream.id, &$0) }
            })
    }

    private func write(_ quote: Quote, _ limits: LimitOrder, id: String, _ json: inout JSONWriter) {
        let market = broker.market(quote.terms.symbol)!, spot = broker.spot(of: quote.terms.symbol)!, now = desk.now.seconds
        json.member("ask_price", units: quote.price.minorUnits, scale: quote.price.currency.exponent)
        json.memberObject("contract_details") { json in
            switch quote.terms.kind.family {
            case .direction: json.member("barrier", textOfUnits: spot.price.pips, scale: market.decimals)
            case .digit: if let digit = quote.terms.digit { json.member("barrier", "\(digit)") }
            case .multiplier:
                json.member("maximum_stake", textOfUnits: MultiplierRule.stakes.upperBound, scale: 2)
                json.member("minimum_stake", textOfUnits: MultiplierRule.stakes.lowerBound, scale: 2)
            }
        }
        let span = quote.terms.duration.map { $0.seconds ?? Int64($0.count) * market.tickSeconds }
        json.member("date_expiry", span.map { now + $0 } ?? SoldContract.farEnd.seconds)
        json.member("date_start", now)
        json.member("display_value", quote.price.decimalText)
        json.member("id", id)
        json.member("longcode", quote.terms.longcode)
        json.member("payout", units: quote.payout.minorUnits, scale: quote.payout.currency.exponent)
        json.member("spot", units: spot.price.pips, scale: market.decimals)
        json.member("spot_time", spot.time.seconds)
        if let rule = broker.multiplierRule(of: quote) {
            json.member("commission", units: rule.commission.minorUnits, scale: rule.stake.currency.exponent)
            json.member("multiplier", rule.multiplier)
            json.memberObject("limit_order") { writeLimits(limits, rule, entry: spot.price, since: Timestamp(seconds: now), market, &$0) }
            writeBounds(of: rule, &json)
        }
        guard let ask = PayoutModel.ask(quote.terms, on: market) else { return }
        json.memberObject("validation_params") { json in
            json.memberObject("payout") { $0.member("max", PayoutModel.mostPayout(in: .usd).decimalText) }
            json.memberObject("stake") { json in
                json.member("max", PayoutModel.mostStake(ask: ask, in: .usd).decimalText)
                json.member("min", PayoutModel.leastStake(in: .usd).decimalText)
            }
        }
    }

    private func writeBounds(of rule: MultiplierRule, _ json: inout JSONWriter) {
        func write(_ least: String, _ most: String, _ json: inout JSONWriter) {
            json.member("max", most)
            json.member("min", least)
        }
        json.memberObject("validation_params") { json in
            json.memberObject("stake") {
                $0.member("max", textOfUnits: MultiplierRule.stakes.upperBound, scale: 2);
                $0.member("min", textOfUnits: MultiplierRule.stakes.lowerBound, scale: 2)
            }
            json.memberObject("stop_loss") { write(rule.stopLosses.lowerBound.decimalText, rule.stopLosses.upperBound.decimalText, &$0) }
            json.memberObject("take_profit") { write(rule.takeProfits.lowerBound.decimalText, rule.takeProfits.upperBound.decimalText, &$0) }
        }
    }

    func buy(_ request: Request) throws(V3Error) {
        let wish: Proposal.Wish, id = request.value["buy"]!.string!
        if id == "1" {
            guard let parameters = request.value["parameters"] else {
                throw V3Error("InputValidationFailed", "Input validation failed: parameters", details: [("parameters", "Missing property.")])
            }
            wish = try Proposal.Wish(parameters)
        } else {
            guard let proposal = proposals.first(where: { $0.id == id }) else {
                throw V3Error("InvalidContractProposal", "No proposal with this id waits on this connection.")
            }
            wish = proposal.wish
        }
        let receipt: Receipt
        // A maximum with more decimals than the currency allows no more than its whole cents.
        let most = Money(minorUnits: request.value["price"]!.number!.cents(roundedUp: false), currency: .usd)
        switch desk.buy(acting!.login, wish, maximumPrice: most, tag: tag(of: request)) {
        case .failure(let rejection): throw rejection.error
        case .success(let sold): receipt = sold
        }
        proposals.removeAll { $0.id == id }
        streams.removeAll { $0.id == id }

        // A client whose answer is lost cannot know of the stream it asked for: it does not begin. Nor does one too many,
        // but the contract is bought all the same.
        let stream = request.wantsStream && isAnswering ? try? open(.contract(receipt.contract.id), for: request) : nil
        answer(
            request.origin.message("buy", subscription: stream?.id) { json in
                json.object { write(receipt, &$0) }
            })
        if let stream { send(contractMessage(receipt.contract, stream.origin, subscription: stream.id)) }
        desk.announce(receipt.booking)
    }

    private func write(_ receipt: Receipt, _ json: inout JSONWriter) {
        let contract = receipt.contract
        json.member("balance_after", units: receipt.booking.balanceAfter.minorUnits, scale: receipt.booking.balanceAfter.currency.exponent)
        json.member("buy_price", units: contract.price.minorUnits, scale: contract.price.currency.exponent)
        json.member("contract_id", contract.id.rawValue)
        json.member("longcode", contract.offer.longcode)
        json.member("payout", units: contract.payout.minorUnits, scale: contract.payout.currency.exponent)
        json.member("purchase_time", contract.purchasedAt.seconds)
        json.member("shortcode", contract.shortcode)
        json.member("start_time", contract.purchasedAt.seconds)
        json.member("transaction_id", contract.buy.rawValue)
    }

    /// The intent a buyer put into `passthrough`, kept for tests that ask which intent became which contract.
    private func tag(of request: Request) -> String? {
        guard let intent = request.value["passthrough"]?["intent"] else { return nil }
        return intent.string ?? intent.integer.map { "\($0)" }
    }

    func proposalOpenContract(_ request: Request) throws(V3Error) {
        let login = acting!.login
        guard let id = request.value["contract_id"]?.integer else {
            let stream = request.wantsStream ? try open(.openContracts(login), for: request) : nil
            let open = broker.open.map { broker.contracts[$0] }.filter { $0.login == login }
            if open.isEmpty { answer(request.origin.message("proposal_open_contract", subscription: stream?.id) { $0.object { _ in } }) }
            for contract in open { answer(contractMessage(contract, request.origin, subscription: stream?.id)) }
            return
        }
        guard let contract = broker.contract(ContractID(rawValue: id)), contract.login == login else {
            throw V3Error("InvalidContractId", "No contract \(id) is on this account.", field: "contract_id")
        }
        // A contract that has ended has nothing more to tell: no stream begins.
        let stream = request.wantsStream && contract.isOpen ? try open(.contract(contract.id), for: request) : nil
        answer(contractMessage(contract, request.origin, subscription: stream?.id))
    }
}

extension JSONNumber {
    /// Whole cents, within what is believed of money; a part of one is dropped, or counts as a whole one.
    func cents(roundedUp: Bool) -> Int64 {
        guard scale > 2 else { return max(-Money.most, min(units(digits: 2) ?? (mantissa < 0 ? -Money.most : Money.most), Money.most)) }
        let divisor = JSONNumber.powerOfTen(scale - 2), whole = TradingDay.floorDivide(mantissa, divisor)
        return max(-Money.most, min(roundedUp && whole * divisor != mantissa ? whole + 1 : whole, Money.most))
    }
}
