// `GET /api/deriv/positions`: what runs, what ended last, and what it all came to.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousPositions {
    static let openMost = 500
    static let closedMost = 50

    /// Of all sessions of the owner; sums of those in the currency of the token's account. `sync` is taken and says nothing: this is what the
    /// broker said.
    static func list(_ call: Call) async throws -> Reply {
        _ = try call.previousQuery()
        let open = try await call.reads.bought(call.owner, .open, limit: openMost, offset: 0).rows
        // The newest that were bought, without those that still run: a few more are read than are shown.
        let newest = try await call.reads.bought(call.owner, nil, limit: closedMost + open.count, offset: 0).rows
        let closed = newest.filter { $0.settlement != nil }.prefix(closedMost)
        let sessions = try await call.allSessions()
        let currency = try await call.previousAccount()?.profile.currency ?? sessions.last?.profit.currency ?? .usd
        let mine = sessions.filter { $0.profit.currency == currency }
        func profit(_ row: TradeRow) -> Money? { row.profit ?? row.contract.flatMap { call.desk.openProfit(of: $0.id) } }
        // What a session had counted in the previous system are no trades here; those that are, are counted.
        let theirs = try await call.reads.imported(call.owner).filter { $0.profit.currency == currency }
        func sum(_ ours: (SessionRow) -> Int64, less there: (ImportedSession) -> Int64, _ imported: (ImportedTotals) -> Int64) -> Int64 {
            mine.reduce(0) { $0 + ours($1) - ($1.previous.map(there) ?? 0) } + theirs.reduce(0) { $0 + imported($1) }
        }
        let settledProfit = sum({ $0.profit.minorUnits }, less: { $0.profit.minorUnits }) { $0.profit.minorUnits }
        let running = open.compactMap(profit).filter { $0.currency == currency }.reduce(Money.zero(currency), +)
        return PreviousReply.data { json in
            json.object { json in
                json.memberArray("openTrades") { json in for row in open { json.position(row, profit: profit(row)) } }
                json.memberArray("closedTrades") { json in for row in closed { json.position(row, profit: profit(row)) } }
                json.memberObject("metrics") { json in
                    json.member("totalProfitLoss", number: Money(minorUnits: settledProfit, currency: currency))
                    json.member("runningPL", number: running)
                    json.member("totalTrades", sum({ $0.trades }, less: { $0.trades }) { $0.trades })
                    json.member("openPositions", sum({ Int64($0.openContracts) }, less: { _ in 0 }) { $0.trades - $0.settled })
                    json.member("wins", sum({ $0.wins }, less: { $0.wins }) { $0.wins })
                    json.member("losses", sum({ $0.losses }, less: { $0.losses }) { $0.losses })
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func position(_ row: TradeRow, profit: Money?) {
        guard let contract = row.contract else { preconditionFailure("\(row.intent.id) was not bought") }
        object { json in
            json.member("id", row.previousID)
            json.member("symbol", row.intent.terms.symbol.text)
            json.member("side", row.intent.terms.kind.previousSide)
            json.member("entryPrice", number: contract.price)
            json.member("exitPrice", numberIfAny: row.settlement?.payout)
            json.member("quantity", number: contract.price)
            json.member("profitLoss", numberIfAny: profit)
            json.member("status", row.settlement == nil ? "OPEN" : "CLOSED")
            json.member("openedAt", contract.purchasedAt)
            json.member("closedAt", momentIfAny: row.settlement?.settledAt)
            json.member("brokerTradeId", row.previous?.contractText ?? contract.id.description)
        }
    }
}
