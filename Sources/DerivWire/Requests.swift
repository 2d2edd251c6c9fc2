import PlainJSON
import TradingEngine
public import TradingModel

/// The requests that we send, as the bytes of one frame each. Every one carries its `req_id`; answers may come in any
/// order.
enum Requests {
    static func frame(_ id: Int64, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter(capacity: 384)
        json.object { json in
            body(&json)
            json.member("req_id", id)
        }
        return json.bytes
    }

    static func ping(_ id: Int64) -> [UInt8] { frame(id) { $0.member("ping", 1) } }
    static func time(_ id: Int64) -> [UInt8] { frame(id) { $0.member("time", 1) } }
    static func limits(_ id: Int64) -> [UInt8] { frame(id) { $0.member("website_status", 1) } }
    static func balance(_ id: Int64) -> [UInt8] { frame(id) { $0.member("balance", 1) } }
    static func transactions(_ id: Int64) -> [UInt8] {
        frame(id) {
            $0.member("transaction", 1); $0.member("subscribe", 1)
        }
    }
    static func portfolio(_ id: Int64) -> [UInt8] { frame(id) { $0.member("portfolio", 1) } }
    static func forget(_ id: Int64, subscription: String) -> [UInt8] { frame(id) { $0.member("forget", subscription) } }

    /// One page of the statement, newest rows first.
    static func statement(_ id: Int64, limit: Int, offset: Int, from: Timestamp?) -> [UInt8] {
        frame(id) { json in
            json.member("statement", 1)
            json.member("description", 1)
            json.member("limit", limit)
            json.member("offset", offset)
            if let from { json.member("date_from", from.seconds) }
        }
    }

    static func profitTable(_ id: Int64, from: Timestamp) -> [UInt8] {
        frame(id) { json in
            json.member("profit_table", 1)
            json.member("description", 1)
            json.member("limit", 500)
            json.member("date_from", "\(from.seconds)")
        }
    }

    static func contractsFor(_ id: Int64, symbol: Symbol, currency: Currency) -> [UInt8] {
        frame(id) { json in
            json.member("contracts_for", symbol.text)
            json.member("currency", currency.code)
            json.member("product_type", "basic")
        }
    }

    static func ticks(_ id: Int64, symbol: Symbol, past: Int, subscribe: Bool) -> [UInt8] {
        frame(id) { json in
            json.member("ticks_history", symbol.text)
            json.member("count", max(1, past))
            json.member("end", "latest")
            json.member("style", "ticks")
            if subscribe { json.member("subscribe", 1) }
        }
    }

    static func openContract(_ id: Int64, _ contract: ContractID) -> [UInt8] {
        frame(id) { json in
            json.member("proposal_open_contract", 1)
            json.member("contract_id", contract.rawValue)
            json.member("subscribe", 1)
        }
    }

    static func proposal(_ id: Int64, _ terms: ContractTerms, stake: Money) -> [UInt8] {
        frame(id) { json in
            json.member("proposal", 1)
            parameters(terms, stake, &json)
        }
    }

    /// Buys with parameters, or the `proposal` that was quoted; `price` is the most we pay, so a price that moved is refused by the broker itself. Asks
    /// for the contract's own stream, which ends with its settlement.
    static func buy(_ id: Int64, _ intent: BuyIntent, proposal: String? = nil) -> [UInt8] {
        let stake = intent.stake.amount
        return frame(id) { json in
            json.member("buy", proposal ?? "1")
            #if SeededBugs
            let most = SeededBug.capsNoPrice.isPlanted ? stake.minorUnits * 100 : stake.minorUnits
            #else
            let most = stake.minorUnits
            #endif
            json.member("price", units: most, scale: stake.currency.exponent)
            if proposal == nil { json.memberObject("parameters") { parameters(intent.terms, stake, &$0) } }
            json.member("subscribe", 1)
            json.memberObject("passthrough") { $0.member("intent", intent.id.text) }
        }
    }

    private static func parameters(_ terms: ContractTerms, _ stake: Money, _ json: inout JSONWriter) {
        json.member("amount", units: stake.minorUnits, scale: stake.currency.exponent)
        json.member("basis", "stake")
        json.member("contract_type", terms.kind.derivType)
        json.member("currency", stake.currency.code)
        json.member("duration", terms.duration.count)
        json.member("duration_unit", terms.duration.unit.derivLetter)
        json.member("symbol", terms.symbol.text)
    }
}

/// The one request that carries a secret; made straight into the outgoing frame and never kept or logged.
public enum LoginRequest {
    public static func frame(_ token: Secret, requestID: Int64) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            token.reveal { json.member("authorize", $0) }
            json.member("req_id", requestID)
        }
        return json.bytes
    }
}

extension ContractKind {
    /// Deriv's `contract_type`.
    var derivType: String {
        switch self {
        case .rise: "CALL"
        case .fall: "PUT"
        case .even: "DIGITEVEN"
        case .odd: "DIGITODD"
        }
    }
    init?(derivType: some StringProtocol) {
        guard let kind = ContractKind.allCases.first(where: { $0.derivType == derivType }) else { return nil }
        self = kind
    }
}

extension ContractDuration.Unit {
    var derivLetter: String {
        switch self {
        case .ticks: "t"
        case .seconds: "s"
        case .minutes: "m"
        case .hours: "h"
        case .days: "d"
        }
    }
}
