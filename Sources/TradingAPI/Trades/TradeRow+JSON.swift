// A trade as JSON. The broker's numbers are text: they may be larger than a `Double` counts.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

extension JSONWriter {
    mutating func value(_ row: TradeRow) {
        let intent = row.intent
        object { json in
            json.member("id", intent.id.text)
            json.member("session", intent.id.session.rawValue)
            json.member("signal", intent.id.signal.text)
            json.member("account", intent.account.rawValue)
            json.member("source", ifAny: row.source?.text)
            json.member("strategy", ifAny: row.strategy?.text)
            json.member("state", row.state.rawValue)
            json.member("symbol", intent.terms.symbol.text)
            json.member("kind", intent.terms.kind.name)
            json.member("duration", intent.terms.duration.text)
            json.member("currency", intent.stake.amount.currency.code)
            json.member("stake", intent.stake.amount)
            json.member("intendedAt", intent.intendedAt)
            json.member("day", intent.day.description)
            json.member("rejection", ifAny: row.rejection?.code.text)
            json.key("contract")
            if let contract = row.contract { json.value(contract) } else { json.null() }
            json.key("settlement")
            if let settlement = row.settlement { json.value(settlement) } else { json.null() }
            json.member("profit", ifAny: row.profit)
            json.key("previous")
            if let previous = row.previous { json.value(previous) } else { json.null() }
        }
    }

    /// What it was in the previous system, with prices as they stood there.
    private mutating func value(_ previous: ImportedTrade) {
        object { json in
            json.member("id", previous.key)
            json.member("status", previous.status)
            json.member("broker", previous.broker)
            json.member("contract", ifAny: previous.contractText)
            json.member("entryPrice", previous.entryPrice)
            json.member("exitPrice", ifAny: previous.exitPrice)
            json.member("entryReason", ifAny: previous.entryReason)
            json.member("exitReason", ifAny: previous.exitReason)
        }
    }

    mutating func value(_ contract: Contract) {
        object { json in
            json.member("id", contract.id.description)
            json.member("transaction", contract.transaction.description)
            json.member("price", contract.price)
            json.member("payout", contract.payout)
            json.member("purchasedAt", contract.purchasedAt)
        }
    }

    private mutating func value(_ settlement: Settlement) {
        object { json in
            json.member("payout", settlement.payout)
            json.member("transaction", ifAny: settlement.transaction?.description)
            json.member("settledAt", settlement.settledAt)
        }
    }
}
