// A signal, its decisions and refusals as JSON.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

extension JSONWriter {
    mutating func value(_ row: SignalRow, trades: [SessionID: TradeRow]) {
        let signal = row.signal
        object { json in
            json.member("id", signal.id.text)
            json.member("status", row.status.rawValue)
            json.member("symbol", signal.symbol.text)
            json.member("kind", signal.kind.name)
            json.member("duration", ifAny: signal.duration?.text)
            json.member("source", signal.source.text)
            json.member("strategy", ifAny: signal.strategy?.text)
            json.member("session", ifAny: signal.session?.rawValue)
            json.member("issuedAt", signal.issuedAt)
            json.member("acceptedAt", row.acceptedAt)
            json.member("validUntil", signal.validUntil)
            json.memberArray("decisions") { json in
                for decision in row.decisions { json.value(decision, signal: signal.id, trade: decision.session.flatMap { trades[$0] }) }
            }
        }
    }

    private mutating func value(_ decision: SignalDecisionRow, signal: SignalID, trade: TradeRow?) {
        object { json in
            json.member("session", ifAny: decision.session?.rawValue)
            json.member("status", decision.status.rawValue)
            json.member("at", decision.at)
            if let session = decision.session, decision.status == .intended {
                json.member("intent", IntentID(session: session, signal: signal).text)
            } else {
                json.nullMember("intent")
            }
            json.key("refusal")
            if let refusal = decision.refusal { json.value(refusal) } else { json.null() }
            json.key("trade")
            if let trade { json.value(trade) } else { json.null() }
        }
    }

    mutating func value(_ refusal: Refusal) {
        object { json in
            json.member("code", refusal.code.rawValue)
            json.member("waitingHelps", refusal.waitingHelps)
            json.key("compared")
            guard let compared = refusal.compared else { return json.null() }
            json.object { json in
                switch compared.unit {
                case .count, .milliseconds:
                    json.member("value", "\(compared.value)")
                    json.member("limit", "\(compared.limit)")
                case .basisPoints:
                    json.member("value", textOfUnits: compared.value, scale: 2)
                    json.member("limit", textOfUnits: compared.limit, scale: 2)
                case .money(let currency):
                    json.member("value", Money(minorUnits: compared.value, currency: currency))
                    json.member("limit", Money(minorUnits: compared.limit, currency: currency))
                }
                json.member("unit", compared.unit.name)
            }
        }
    }
}

extension Refusal.Comparison.Unit {
    var name: String {
        switch self {
        case .count: "count"
        case .basisPoints: "percent"
        case .milliseconds: "milliseconds"
        case .money(let currency): currency.code
        }
    }
}
