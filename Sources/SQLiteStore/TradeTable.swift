import GRDB
import TradingEngine
import TradingModel
import TradingPorts

/// A trade's columns as they are read, with where its signal came from; the first is its place among all trades.
enum TradeTable {
    static let select = """
        SELECT trade.number, trade.owner, trade.account, trade.session, trade.signal, trade.symbol, trade.kind, trade.duration, \
        trade.currency, trade.exponent, trade.stake, trade.intended_at, trade.day, trade.state, trade.rejection, trade.contract_id, \
        trade.bought_by, trade.price, trade.possible_payout, trade.purchased_at, trade.settled_by, trade.payout, trade.settled_at, \
        signal.source, signal.strategy, trade.previous FROM trade LEFT JOIN signal ON signal.id = trade.signal 
        """

    static let settledColumns = "account, symbol, kind, duration, currency, exponent, price, payout, purchased_at, settled_at"

    /// Some of the owner's trades that are so, the newest ones after an offset, or the earliest. What is skipped is skipped
    /// in an index of its own; the rows come in no order.
    static func numbered(_ condition: String, earliest: Bool = false) -> String {
        select + """
            WHERE trade.number IN (SELECT number FROM trade WHERE owner = ? AND \(condition) ORDER BY number \(earliest ? "ASC" : "DESC") LIMIT ? OFFSET ?)
            """
    }

    /// Those that the previous system gave a word, and our own of which something is true, merged.
    static func previously(_ condition: String?) -> String {
        let theirs = "SELECT number FROM trade WHERE owner = ? AND previous_status = ?"
        let both = condition.map { "\(theirs) UNION ALL SELECT number FROM trade WHERE owner = ? AND \($0) AND previous_status IS NULL" }
        return select + "WHERE trade.number IN (\(both ?? theirs) ORDER BY number DESC LIMIT ? OFFSET ?)"
    }

    static func row(_ row: Row) throws -> (number: Int64, row: TradeRow) {
        var columns = Columns(row, of: "trade")
        let number = try columns.whole(), owner = try columns.owner(), account = try columns.account()
        let id = IntentID(session: try columns.session(), signal: try columns.signalID())
        let terms = ContractTerms(symbol: try columns.symbol(), kind: try columns.kind(), duration: try columns.duration())
        let currency = try columns.currency()
        let intent = BuyIntent(
            id: id, account: account, terms: terms, stake: Stake(recorded: try columns.money(currency)),
            intendedAt: try columns.moment(), day: TradingDay(daysSince1970: try columns.small()))
        let state: TradeState = try columns.word("the state of a trade")
        let rejection = try columns.labelIfAny().map(Rejection.init(code:))
        let contract = try contract(&columns, currency)
        let settlement = try settlement(&columns, contract?.id, currency)
        var shown = TradeRow(
            intent: intent, owner: owner, source: try columns.labelIfAny(), strategy: try columns.labelIfAny(), state: state, rejection: rejection,
            contract: contract, settlement: settlement)
        shown.previous = try columns.textIfAny().map(FactCodingParts.previousTrade)
        return (number, shown)
    }

    private static func contract(_ columns: inout Columns, _ currency: Currency) throws -> Contract? {
        let id = try columns.wholeIfAny(), transaction = try columns.wholeIfAny()
        let price = try columns.moneyIfAny(currency), payout = try columns.moneyIfAny(currency), at = try columns.momentIfAny()
        guard let id, let transaction, let price, let payout, let at else { return nil }
        return Contract(id: ContractID(rawValue: id), transaction: TransactionID(rawValue: transaction), price: price, payout: payout, purchasedAt: at)
    }

    private static func settlement(_ columns: inout Columns, _ contract: ContractID?, _ currency: Currency) throws -> Settlement? {
        let transaction = try columns.wholeIfAny().map(TransactionID.init(rawValue:))
        let payout = try columns.moneyIfAny(currency), at = try columns.momentIfAny()
        guard let contract, let payout, let at else { return nil }
        return Settlement(contract: contract, transaction: transaction, payout: payout, settledAt: at)
    }
}
