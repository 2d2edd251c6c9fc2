import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingEngine
import TradingModel
import TradingPorts

// What must hold of every buy, at every moment.
extension Judge {
    /// I1, at most one contract for each signal of a session: the broker never sells twice for one intent.
    func checkOneContract(_ contract: SoldContract, _ buy: Buy) throws(Violation) {
        if let first = buy.sold { throw Violation("I1", "\(buy.intent.id) was bought twice: #\(first) and #\(contract.id)") }
        if buy.written == 0 { throw Violation("I1", "\(buy.intent.id) was sold but never written") }
    }

    /// I1 and I5 as the bytes leave: written once, on record before, at the stake that is on record.
    /// I9: none leaves for a session after its stop was acknowledged. I13, I20: none leaves long after it was decided, and none while
    /// our time is ahead of the broker's, so that its purchase would be looked for later than it is.
    mutating func checkWritten(_ id: IntentID, _ bytes: [UInt8], ours: Timestamp, at now: Int64) throws(Violation) {
        guard let index = buyOf[id] else { throw Violation("I2", "\(id) leaves and is on no record") }
        let session = sessions[place(of: id.session)!]
        if session.stopAcknowledged { throw Violation("I9", "\(id) leaves after the stop of session \(session.id) was acknowledged") }
        let waited = ours.milliseconds(since: buys[index].intent.intendedAt)
        if waited > Judge.leavesWithin { throw Violation("I20", "\(id) leaves \(waited) ms after it was decided") }
        if ours.milliseconds - now > Judge.aheadMost { throw Violation("I13", "\(id) leaves while our time is \(ours.milliseconds - now) ms ahead") }
        buys[index].written += 1
        if buys[index].written > 1 { throw Violation("I1", "\(id) leaves a second time") }
        if buys[index].end != .unanswered { throw Violation("I3", "\(id) leaves after it was \(buys[index].end)") }
        let stake = buys[index].intent.stake.amount.decimalText
        // The most that the broker may charge, in the digits that it reads.
        if !bytes.has("\"price\":\(stake)") { throw Violation("I5", "\(id) leaves without the price \(stake)") }
    }

    /// Written here once more, so that a setting that is wrong is noticed.
    static let leavesWithin: Int64 = 5_000, aheadMost: Int64 = 3_000, tickOldest: Int64 = 5_000

    /// I3, no guess: what we recorded as not bought is not bought, then or later.
    func checkNothingGuessed(_ contract: SoldContract, _ buy: Buy) throws(Violation) {
        switch buy.end {
        case .unanswered, .confirmed, .settled: break
        case .unsent, .rejected, .abandoned, .released:
            throw Violation("I3", "\(buy.intent.id) is \(buy.end) in our books, and then #\(contract.id) is sold for it")
        }
    }

    /// I3 of a fact that says "not bought": it has its proof.
    func checkProof(_ event: Fact.Event, _ buy: Buy, at: Timestamp) throws(Violation) {
        switch event {
        case .buyUnsent(let id): if buy.written > 0 { throw Violation("I3", "\(id) is unsent on record, its bytes left") }
        case .buyRejected(let id, let rejection):
            if let sold = buy.sold { throw Violation("I3", "\(id) is rejected on record (\(rejection.code)), the broker sold #\(sold)") }
            if !buy.refused { throw Violation("I3", "\(id) is rejected on record (\(rejection.code)), the broker never refused it") }
        case .buyAbandoned(let id, let until):
            if until < at.adding(seconds: settings.tombstoneSeconds) { throw Violation("I6", "\(id) is given up at \(at), its stake held until \(until) only") }
            // A person speaks of the candidates that were found. What comes later is waited for, and taken: the calm sees to that.
            if !buy.isDenied, let sold = buy.sold, recordedContracts[sold] == nil {
                throw Violation("I3", "\(id) is given up on record, the broker sold #\(sold)")
            }
        default: break
        }
    }

    /// The broker's answer to a buy is an error, whether or not that tells the truth.
    mutating func brokerRefuses(_ bytes: [UInt8]) {
        for index in buys.indices.reversed().prefix(512) where bytes.has(buys[index].intent.id.text) { buys[index].refused = true }
    }

    /// I5, the stake cap: the broker was paid what the intent says, and the plan allowed it.
    func checkStake(_ contract: SoldContract, _ buy: Buy) throws(Violation) {
        if contract.price > buy.intent.stake.amount {
            throw Violation("I5", "#\(contract.id) cost \(contract.price), the intent says \(buy.intent.stake.amount)")
        }
        if let payout = buy.intent.quotedPayout, contract.payout != payout {
            throw Violation("I5", "#\(contract.id) pays \(contract.payout), quoted was \(payout)")
        }
        if let payout = buy.intent.quotedPayout, let least = buy.leastPayout, payout.minorUnits * 10_000 < least * buy.intent.stake.amount.minorUnits {
            throw Violation("I5", "#\(contract.id) pays \(payout) for \(contract.price), the plan wants \(least) basis points")
        }
        if buy.leastPayout != nil, buy.intent.quotedPayout == nil { throw Violation("I5", "#\(contract.id) was bought without the quote that the plan wants") }
        if contract.login != accounts[Int(buy.intent.account.rawValue) - 1].login { throw Violation("I16", "#\(contract.id) is on \(contract.login)") }
    }

    /// I6, an unknown buy counts as its worst case: a stake held is let go only when its end is proven, a buy given up
    /// only after its tombstone.
    func checkRelease(_ buy: Buy, at now: Timestamp) throws(Violation) {
        guard let until = buy.abandonedUntil, now >= until else {
            throw Violation("I6", "\(buy.intent.id) is released at \(now) without having been given up for long enough")
        }
        if let sold = buy.sold, recordedContracts[sold] == nil { throw Violation("I6", "\(buy.intent.id) is released, #\(sold) is not in our books") }
    }

    /// I16, attribution: a contract stands under one intent, on its account, and under the one that caused it. Only a
    /// trade by hand that looks the same can be taken for a buy whose answer is missing.
    mutating func checkAttribution(_ id: IntentID, _ contract: Contract, _ buy: Buy, _ world: World) throws(Violation) {
        let books = world.broker.books
        if let other = recordedContracts[contract.id] { throw Violation("I16", "#\(contract.id) stands under \(other) and \(id)") }
        recordedContracts[contract.id] = id
        guard let sold = books.contract(contract.id) else { throw Violation("I16", "#\(contract.id) of \(id) is no contract of the broker") }
        if sold.login != accounts[Int(buy.intent.account.rawValue) - 1].login { throw Violation("I16", "#\(contract.id) of \(id) is on \(sold.login)") }
        if sold.price != contract.price { throw Violation("I10", "#\(contract.id) cost \(sold.price), on record is \(contract.price)") }
        if sold.tag == id.text { return }
        sessions[place(of: id.session)!].isMixed = true
        if let tag = sold.tag {
            guard hasTakenAnother(tag, than: contract.id, for: buy) else {
                throw Violation("I16", "#\(contract.id) was bought for \(tag), on record for \(id)")
            }
            return
        }
        if isAlike[login(buy.intent.account)] != true { throw Violation("I16", "#\(contract.id) was bought by hand, on record for \(id)") }
        // With both in every report, it takes a person to say which is ours.
        if let own = buy.sold.flatMap(books.contract), recordedContracts[own.id] == nil, world.drawn.reportLag == 0,
            own.purchasedAt.milliseconds + 1_000 < lookedUpAt[buy.intent.account] ?? 0
        {
            throw Violation("I3", "#\(contract.id), bought by hand, was taken for \(id), whose #\(own.id) stands beside it")
        }
    }

    /// A trade by hand stands for the buy that caused this contract, which came late and is free to be taken for the next one of the same terms:
    /// the broker's statement names no cause.
    private mutating func hasTakenAnother(_ tag: String, than contract: ContractID, for buy: Buy) -> Bool {
        guard isAlike[login(buy.intent.account)] == true, let cause = IntentID(tag), let index = buyOf[cause] else { return false }
        let other = buys[index]
        guard let taken = other.recorded, taken != contract, other.intent.terms == buy.intent.terms, other.intent.stake.amount == buy.intent.stake.amount
        else { return false }
        sessions[place(of: cause.session)!].isMixed = true
        return true
    }
}
