// Buys of anybody whose outcome is not known: operators see them and, where only a person can tell, say which contract it was.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

enum OperateTrades {
    static func list(_ call: Call) async throws -> Reply {
        let parameters = try call.parameters(Call.paging.union(["state"]))
        let state = try parameters["state"].ifGiven?.word(UnclearFilter.State.allCases.map { ($0.rawValue, $0) })
        let page = try await call.reads.unclearTrades(call.page(UnclearFilter(state: state), parameters))
        return .page(page.rows, next: page.next) { $0.operated($1) }
    }

    /// What the person decides by.
    static func candidates(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let row = try await row(call)
        return try await Trades.candidates(row.intent.id, of: row.owner, call)
    }

    /// The fact in the owner's journal says which operator it was.
    static func resolve(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let contract = try Trades.contract(call), before = try await row(call), id = before.intent.id
        try await Trades.resolve(id, of: before.owner, as: contract, by: call.operatorLabel, call)
        await call.enter("trade resolve", "trade \(id) of owner \(before.owner), \(contract.map { "contract \($0)" } ?? "no contract")")
        let row = try await row(call)
        return .json { $0.operated(row) }
    }

    private static func row(_ call: Call) async throws -> TradeRow {
        guard let row = try await call.reads.anyonesTrade(call.trade()) else { throw Problem(Decline.intentNotFound) }
        return row
    }
}

extension JSONWriter {
    fileprivate mutating func operated(_ row: TradeRow) {
        object { json in
            json.member("owner", row.owner.rawValue)
            json.key("trade")
            json.value(row)
        }
    }
}
