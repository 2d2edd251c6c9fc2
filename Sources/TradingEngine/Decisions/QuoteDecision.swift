import TradingModel

/// Does it pay enough? The price that is sent with a buy caps what we pay, never what we get: with a least payout the
/// broker is asked for a quote first, and that quote is bought by its id or nothing is.
enum QuoteDecision: Equatable {
    /// Buys at whatever it pays: the plan wants no least payout.
    case notNeeded
    /// The broker has to say first.
    case ask
    case offered(payout: Money)
    case refused(Refusal)

    /// `basisPoints`: the least payout, of the stake.
    static func judge(_ stake: Money, leastPayout basisPoints: Int64, quote: Quotes.Quote?) -> QuoteDecision {
        guard let quote else { return .ask }
        guard case .offered(let payout) = quote.outcome, payout.currency == stake.currency else { return .refused(Refusal(.quoteRefused)) }
        #if SeededBugs
        if SeededBug.buysAtAnyPayout.isPlanted { return .offered(payout: payout) }
        #endif
        let needed = leastPayout(stake, basisPoints: basisPoints)
        if payout < needed { return .refused(Refusal(.payoutTooLow, .init(payout.minorUnits, against: needed.minorUnits, .money(stake.currency)))) }
        return .offered(payout: payout)
    }

    /// What a stake has to pay at least, rounded up to the minor unit.
    static func leastPayout(_ stake: Money, basisPoints: Int64) -> Money {
        let (high, low) = stake.minorUnits.multipliedFullWidth(by: basisPoints)
        let (quotient, remainder) = Int64(10_000).dividingFullWidth((high, low))
        return Money(minorUnits: quotient + (remainder > 0 ? 1 : 0), currency: stake.currency)
    }
}

/// What the broker was asked to quote and what it said; kept for seconds, recorded nowhere: after a restart, or on
/// another connection, it is asked again.
struct Quotes: Sendable {
    struct Quote: Hashable, Sendable {
        enum Outcome: Hashable, Sendable {
            case asked
            case offered(payout: Money)
            case refused(Rejection)
        }
        let account: AccountID
        let terms: ContractTerms
        let stake: Money
        var at: Timestamp
        var outcome: Outcome
    }

    /// The oldest goes first.
    static let most = 256
    private var quotes: [Quote] = []

    private func index(_ account: AccountID, _ terms: ContractTerms, _ stake: Money) -> Int? {
        quotes.firstIndex { $0.account == account && $0.terms == terms && $0.stake == stake }
    }

    /// The broker's word on exactly this contract, while it is fresh.
    func fresh(_ account: AccountID, _ terms: ContractTerms, stake: Money, at now: Timestamp, settings: EngineSettings) -> Quote? {
        guard let index = index(account, terms, stake), quotes[index].outcome != .asked,
            now <= quotes[index].at.adding(seconds: settings.quoteFreshSeconds)
        else { return nil }
        return quotes[index]
    }

    /// Whether it was asked for lately, so that its answer may still come.
    func isAsked(_ account: AccountID, _ terms: ContractTerms, stake: Money, at now: Timestamp, settings: EngineSettings) -> Bool {
        guard let index = index(account, terms, stake), quotes[index].outcome == .asked else { return false }
        return now < quotes[index].at.adding(seconds: settings.quoteWithinSeconds)
    }

    /// The newest quote for these terms that pays less than `basisPoints`, at whatever stake, if it is of the last minute.
    func lately(_ account: AccountID, _ terms: ContractTerms, payingLessThan basisPoints: Int64, at now: Timestamp, settings: EngineSettings) -> Refusal? {
        for quote in quotes.reversed() where quote.account == account && quote.terms == terms {
            guard case .offered(let payout) = quote.outcome, now < quote.at.adding(seconds: settings.quoteStandsSeconds) else { continue }
            let needed = QuoteDecision.leastPayout(quote.stake, basisPoints: basisPoints)
            if payout >= needed { return nil }
            return Refusal(.payoutTooLow, .init(payout.minorUnits, against: needed.minorUnits, .money(payout.currency)))
        }
        return nil
    }

    mutating func record(_ quote: Quote) {
        if let index = index(quote.account, quote.terms, quote.stake) { quotes.remove(at: index) }
        if quotes.count >= Quotes.most { quotes.removeFirst() }
        quotes.append(quote)
    }

    /// An answer to a question; one that nobody waits for tells nothing.
    mutating func answered(_ account: AccountID, _ terms: ContractTerms, stake: Money, _ outcome: Quote.Outcome, at now: Timestamp) {
        guard let index = index(account, terms, stake), quotes[index].outcome == .asked else { return }
        record(Quote(account: account, terms: terms, stake: stake, at: now, outcome: outcome))
    }

    /// A quote is bought once.
    mutating func use(_ intent: BuyIntent) { quotes.removeAll { $0.account == intent.account && $0.terms == intent.terms && $0.stake == intent.stake.amount } }

    /// The connection that gave them is gone.
    mutating func forget(_ account: AccountID) { quotes.removeAll { $0.account == account } }

    /// Lets go of what says nothing any more.
    mutating func passTime(at now: Timestamp, settings: EngineSettings) {
        quotes.removeAll { $0.at.adding(seconds: $0.outcome == .asked ? settings.quoteWithinSeconds : settings.quoteStandsSeconds) <= now }
    }

    /// When a question that was not answered may be put again.
    func nextDeadline(settings: EngineSettings) -> Timestamp? {
        var earliest: Timestamp?
        for quote in quotes where quote.outcome == .asked {
            let due = quote.at.adding(seconds: settings.quoteWithinSeconds)
            earliest = min(earliest ?? due, due)
        }
        return earliest
    }
}
