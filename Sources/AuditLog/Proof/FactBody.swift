import PlainJSON
import TradingModel

/// What a fact says, read from its JSON alone: who verifies a proof need not trust the program that wrote it.
struct FactBody {
    let kind: String
    private let json: JSONValue

    /// Nil when the body is no JSON.
    init?(_ row: FactRow) {
        guard let json = try? JSONValue.parse(row.body) else { return nil }
        (kind, self.json) = (row.kind, json)
    }
    private init(kind: String, _ json: JSONValue) { (self.kind, self.json) = (kind, json) }

    subscript(name: String) -> FactBody? { json[name].map { FactBody(kind: kind, $0) } }
    var text: String? { json.string }
    /// A whole number of more than 18 digits stands as text.
    var whole: Int64? { json.integer ?? json.string.flatMap { Int64($0) } }
    /// Minor units of an amount, such as can be.
    var units: Int64? { self["units"]?.whole.flatMap { $0.magnitude <= Money.most ? $0 : nil } }

    /// The trade that it is about.
    var intent: String? { self["intent"]?.text }

    /// How far a trade is after it; nil when it says nothing of that.
    var state: String? {
        switch kind {
        case "buy_intended": "intended"
        case "buy_unsent": "unsent"
        case "buy_rejected": "rejected"
        case "buy_in_doubt", "doubt_looked_into": "in_doubt"
        case "buy_ambiguous": "ambiguous"
        case "buy_abandoned", "reservation_released": "abandoned"
        case "buy_confirmed", "contract_adopted": "open"
        case "settled", "settlement_corrected": "settled"
        default: nil
        }
    }
}

extension TradeProof {
    /// How far the trade is after these facts, and what came of it.
    public static func outcome(of rows: [FactRow], trade: String) -> (state: String, result: Result?) {
        var state = "", price: Int64?, payout: Int64?, currency: String?, exponent: Int64?
        for row in rows {
            guard let body = FactBody(row), body.intent == trade else { continue }
            // A look into a doubt that a person has to end leaves it so.
            if let next = body.state, !(state == "ambiguous" && next == "in_doubt") { state = next }
            if let bought = body["contract"]?["price"] {
                (price, currency, exponent) = (bought.units, bought["currency"]?.text, bought["exponent"]?.whole)
            }
            if let paid = body["settlement"]?["payout"]?.units { payout = paid }
        }
        guard state == "settled", let price, let payout, let currency, let exponent else { return (state, nil) }
        return (state, Result(currency: currency, exponent: exponent, price: price, payout: payout, profit: payout - price))
    }
}
