// `/api/deriv/auto-trading/trades`: contracts that were bought, in the words of the previous system.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousTrades {
    static let limitUnlessGiven: Int64 = 50
    static let limitMost: Int64 = 500

    static func list(_ call: Call) async throws -> Reply {
        let query = try call.previousQuery()
        // Who asks for more gets a page of the longest, and is told its length.
        let limit = min(limitMost, try query["limit"].ifGiven?.integer(1...1_000_000_000) ?? limitUnlessGiven)
        let offset = try query["offset"].ifGiven?.integer(0...1_000_000_000) ?? 0
        let found: (rows: [TradeRow], total: Int64)
        if let status = try query["status"].ifGiven?.text() {
            // Some words only trades of the previous system have, and others none.
            let outcome = PreviousTradeStatus.outcome(status)
            found = try await call.reads.bought(call.owner, previously: status, outcome, limit: Int(limit), offset: Int(offset))
        } else {
            found = try await call.reads.bought(call.owner, nil, limit: Int(limit), offset: Int(offset))
        }
        return PreviousReply.data { json in
            json.object { json in
                json.memberArray("trades") { json in for row in found.rows { json.previousTrade(row, call) } }
                json.member("total", found.total)
                json.member("limit", limit)
                json.member("offset", offset)
            }
        }
    }
}

/// The previous system's word for how a trade stands.
enum PreviousTradeStatus {
    static func word(_ row: TradeRow) -> String {
        if let previous = row.previous { return previous.status }
        return switch row.outcome {
        case .open, nil: "OPEN"
        case .won: "TP_HIT"
        case .lost: "SL_HIT"
        case .even: "CLOSED"
        }
    }

    static func outcome(_ word: String) -> BoughtOutcome? {
        switch word {
        case "OPEN": .open
        case "TP_HIT": .won
        case "SL_HIT": .lost
        case "CLOSED": .even
        default: nil
        }
    }
}

extension JSONWriter {
    /// Of a contract that runs, as the broker said last; absent before it has.
    mutating func unrealized(_ row: TradeRow, _ call: Call) {
        guard row.settlement == nil, let contract = row.contract, let profit = call.desk.openProfit(of: contract.id) else { return }
        member("unrealizedPnl", number: profit)
        member("unrealizedPnlPercent", units: profit.percentOf(contract.price), scale: 2)
    }

    mutating func previousTrade(_ row: TradeRow, _ call: Call) {
        guard let contract = row.contract else { preconditionFailure("\(row.intent.id) was not bought") }
        object { json in
            json.member("tradeId", row.previousID)
            json.member("symbol", row.intent.terms.symbol.text)
            json.member("side", row.intent.terms.kind.previousSide)
            if let previous = row.previous { return json.members(of: previous, row) }
            json.member("entryPrice", number: contract.price)
            if let settlement = row.settlement { json.member("exitPrice", number: settlement.payout) }
            json.member("lotOrStake", number: contract.price)
            json.member("status", PreviousTradeStatus.word(row))
            if let profit = row.profit {
                json.member("realizedPnl", number: profit)
                json.member("realizedPnlPercent", units: profit.percentOf(contract.price), scale: 2)
            }
            json.unrealized(row, call)
            json.member("entryTimestamp", contract.purchasedAt)
            json.member("exitTimestamp", momentIfAny: row.settlement?.settledAt)
            json.member("entryReason", "Signal: \(row.intent.id.signal)")
            if let profit = row.profit {
                json.member("exitReason", profit.isPositive ? "Contract won" : profit.isNegative ? "Contract lost" : "Contract closed")
            }
        }
    }
}

extension JSONWriter {
    /// Of a trade that it stored: as it stood there.
    fileprivate mutating func members(of previous: ImportedTrade, _ row: TradeRow) {
        member("entryPrice", decimal: previous.entryPrice)
        if let exit = previous.exitPrice { member("exitPrice", decimal: exit) }
        member("lotOrStake", number: previous.price)
        member("status", previous.status)
        if let profit = previous.profit {
            member("realizedPnl", number: profit)
            member("realizedPnlPercent", units: profit.percentOf(previous.price), scale: 2)
        }
        member("entryTimestamp", previous.enteredAt)
        member("exitTimestamp", momentIfAny: previous.exitedAt)
        member("entryReason", previous.entryReason ?? "")
        if let reason = previous.exitReason { member("exitReason", reason) }
    }

    /// A number from its digits, as we wrote them ourselves.
    mutating func member(_ name: StaticString, decimal text: String) {
        key(name)
        raw(Array(text.utf8))
    }
}

extension ContractKind {
    /// The previous system knew two sides.
    var previousSide: String {
        switch self {
        case .rise, .even: "BUY"
        case .fall, .odd: "SELL"
        }
    }
}

extension Money {
    /// In basis points of `whole`, rounded to the nearest; 0 of nothing.
    func percentOf(_ whole: Money) -> Int64 {
        guard whole.minorUnits > 0 else { return 0 }
        let (high, low) = minorUnits.magnitude.multipliedFullWidth(by: 10_000)
        let rounded = low.addingReportingOverflow(UInt64(whole.minorUnits) / 2)
        let quotient = UInt64(whole.minorUnits).dividingFullWidth((high + (rounded.overflow ? 1 : 0), rounded.partialValue)).quotient
        return minorUnits < 0 ? -Int64(quotient) : Int64(quotient)
    }
}
