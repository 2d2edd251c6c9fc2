import PlainJSON
import TradingEngine
import TradingModel

/// One walk over the statement from an anchor to now, page by page, then the balance, and then, when buys are in
/// question, what is open and what is closed. Its end is `Findings`.
struct StatementWalk {
    enum Next {
        case statement(offset: Int, from: Timestamp?)
        case balance, portfolio
        case profitTable(from: Timestamp)
        case done(Findings)
    }

    let askedAt: Timestamp
    let anchor: TransactionID?
    let since: Timestamp
    let currency: Currency
    private let matcher: IntentMatcher
    /// Newest first, as the broker gives them.
    private var rows: [Booking] = []
    private var seen: Set<TransactionID> = []
    private var offset = 0
    private var reachedAnchor = false
    /// It gave up before it came to the anchor: nothing is proven by what it did not see.
    private var gaveUp = false
    private var balance: Money?
    private var attempts = 1
    private var extras: [Booking] = []
    /// How far before the earliest intent is looked, in seconds.
    private let reachesBack: Int64

    public static let pageSize = 999
    private let pageRows: Int
    /// Rows read after which a walk gives up: nobody books so much between two looks.
    static let rowsMost = 100_000

    init(
        intents: [BuyIntent], anchor: TransactionID?, since: Timestamp, currency: Currency, askedAt: Timestamp,
        clockAheadMost: Int64 = LineSettings().clockAheadMost, pageRows: Int = pageSize
    ) {
        self.pageRows = pageRows
        (self.anchor, self.since, self.currency, self.askedAt) = (anchor, since, currency, askedAt)
        matcher = IntentMatcher(intents: intents, clockAheadMost: clockAheadMost)
        reachesBack = matcher.earlySeconds + 57
    }

    var first: Next { .statement(offset: 0, from: nil) }

    mutating func statement(_ payload: JSONValue) throws(Unreadable) -> Next {
        guard let transactions = payload["transactions"]?.array else { throw Unreadable("transactions") }
        for row in transactions {
            let booking = try StatementWalk.booking(row, currency: currency, matcher: matcher)
            // Rows that were booked meanwhile shift the pages; what comes again is known.
            if !seen.insert(booking.transaction).inserted { continue }
            rows.append(booking)
            if booking.transaction == anchor { reachedAnchor = true; break }
        }
        // Without an anchor the statement is read from a little before the earliest intent.
        if anchor == nil, let last = rows.last, last.at < since.adding(seconds: -reachesBack) { reachedAnchor = true }
        #if SeededBugs
        if SeededBug.readsOnePage.isPlanted { return .balance }
        #endif
        if transactions.count < pageRows || reachedAnchor { return .balance }
        // Counted by what was read, not by what was new: pages of known rows end, too.
        offset += transactions.count
        if offset >= StatementWalk.rowsMost {
            gaveUp = true
            return .balance
        }
        return .statement(offset: offset, from: nil)
    }

    mutating func balance(_ payload: JSONValue) throws(Unreadable) -> Next {
        balance = try payload.needMoney("balance", currency)
        // Something was booked between the rows and the balance: read again, a few times.
        if !chainCloses, !gaveUp, attempts < 3 {
            attempts += 1
            (rows, seen, offset, reachedAnchor, gaveUp) = ([], [], 0, false, false)
            return .statement(offset: 0, from: nil)
        }
        return matcher.intents.isEmpty ? try done() : .portfolio
    }

    mutating func portfolio(_ payload: JSONValue) throws(Unreadable) -> Next {
        guard let contracts = payload["contracts"]?.array else { throw Unreadable("contracts") }
        for row in contracts { try add(row) }
        return .profitTable(from: since.adding(seconds: -reachesBack))
    }

    mutating func profitTable(_ payload: JSONValue) throws(Unreadable) -> Next {
        guard let transactions = payload["transactions"]?.array else { throw Unreadable("transactions") }
        for row in transactions { try add(row) }
        return try done()
    }

    /// A contract that stands in the portfolio or the profit table but not in the statement was bought all the same.
    private mutating func add(_ row: JSONValue) throws(Unreadable) {
        let contract = ContractID(rawValue: try row.needInteger("contract_id"))
        if rows.contains(where: { $0.contract == contract }) || extras.contains(where: { $0.contract == contract }) { return }
        let transaction = TransactionID(rawValue: try row.needInteger("transaction_id"))
        // What was booked up to the anchor was walked before: its contracts are known, whatever intents they look like.
        if let anchor, transaction <= anchor { return }
        let price = try row.needMoney("buy_price", currency), at = try row.needTime("purchase_time")
        if at < since.adding(seconds: -reachesBack) { return }
        let may = try StatementWalk.candidates(row, price: price, at: at, matcher)
        if may.isEmpty { return }  // somebody else's: the statement will show it
        extras.append(
            Booking(
                transaction: transaction, action: .buy, contract: contract, amount: -price,
                balanceAfter: .zero(currency), at: at, payout: row.money("payout", currency), mayBe: may))
    }

    /// Each balance follows from the one before, the first row is the anchor, and the last balance is the one read
    /// after all rows.
    private var chainCloses: Bool {
        #if SeededBugs
        if SeededBug.checksNoChain.isPlanted { return true }
        #endif
        guard let balance, !gaveUp else { return false }
        if anchor != nil, anchor != TransactionID(rawValue: 0), !reachedAnchor { return false }
        var previous: Money?
        for row in rows.reversed() {
            if let previous, previous + row.amount != row.balanceAfter { return false }
            previous = row.balanceAfter
        }
        // Nothing is proven of intents by a statement that was empty when they were made unless it begins with the account's first
        // booking, which starts from nothing: money that is there was booked, and one that shows no such row is not whole.
        if anchor == TransactionID(rawValue: 0), !matcher.intents.isEmpty, rows.last.map({ $0.balanceAfter != $0.amount }) ?? (balance.minorUnits != 0) {
            return false
        }
        return previous.map { $0 == balance } ?? true
    }

    private func done() throws(Unreadable) -> Next {
        // An answer that was not asked for yet proves nothing.
        guard let balance else { throw Unreadable("balance") }
        var bookings = Array(rows.reversed())
        if reachedAnchor, anchor != nil { bookings.removeFirst() }
        return .done(
            Findings(
                askedAt: askedAt, bookings: bookings + extras, chainCloses: chainCloses && extras.isEmpty, balance: balance,
                newest: rows.first?.transaction, about: matcher.intents.map(\.id)))
    }

    static func booking(_ row: JSONValue, currency: Currency, matcher: IntentMatcher) throws(Unreadable) -> Booking {
        let amount = try row.needMoney("amount", currency), contract = row["contract_id"]?.integer.map(ContractID.init(rawValue:))
        let at = try row.needTime("transaction_time"), action = try row.needString("action_type")
        var booking = Booking(
            transaction: TransactionID(rawValue: try row.needInteger("transaction_id")), action: Booking.Action(action),
            contract: contract, amount: amount, balanceAfter: try row.needMoney("balance_after", currency), at: at,
            payout: row.money("payout", currency))
        // Without its contract a purchase would be nobody's, and a settlement would be missed.
        if booking.action != .other, contract == nil { throw Unreadable("contract_id") }
        if booking.action == .buy { booking.mayBe = try candidates(row, price: -amount, at: at, matcher) }
        return booking
    }

    /// The intents that a purchase may be. One whose shortcode cannot be read is not called somebody else's while its
    /// price and time are an intent's.
    private static func candidates(_ row: JSONValue, price: Money, at: Timestamp, _ matcher: IntentMatcher) throws(Unreadable) -> [IntentID] {
        if let shortcode = row["shortcode"]?.string { return matcher.candidates(shortcode: shortcode, price: price, purchasedAt: at) }
        if matcher.fitsAny(price: price, purchasedAt: at) { throw Unreadable("shortcode") }
        return []
    }
}

extension Booking.Action {
    init(_ deriv: String) {
        switch deriv {
        case "buy": self = .buy
        case "sell": self = .sell
        default: self = .other
        }
    }
}
