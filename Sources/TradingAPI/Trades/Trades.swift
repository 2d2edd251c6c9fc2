// Trades: what was meant to be bought, what the broker sold, how it ended.

import Hummingbird
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

enum Trades {
    static func list(_ call: Call) async throws -> Reply {
        let parameters = try call.parameters(Call.paging.union(["session"]))
        let session = try parameters["session"].ifGiven.map { field throws(Problem) in SessionID(rawValue: try field.integer(1...Int64.max)) }
        let page = try await call.reads.trades(call.owner, call.page(TradeFilter(session: session), parameters))
        return .page(page.rows, next: page.next) { $0.value($1) }
    }

    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return try await shown(call.trade(), call)
    }

    /// The contracts that an ambiguous buy may be: what a person decides by.
    static func candidates(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let id = try call.trade()
        switch try await call.submit(.askCandidates(id, owner: call.owner)) {
        case .candidates(let contracts):
            return .json { $0.object { json in json.memberArray("items") { json in for contract in contracts { json.value(contract) } } } }
        case .declined(let decline): throw try await explained(Problem(decline), id, call)
        case .done, .signal, .risk, .promise: preconditionFailure("a question is answered or declined")
        }
    }

    /// The engine forgets a buy whose end is known; the store does not.
    private static func explained(_ problem: Problem, _ id: IntentID, _ call: Call) async throws -> Problem {
        guard problem.code == Decline.intentNotFound.rawValue, try await call.reads.trade(id, owner: call.owner) != nil else { return problem }
        return Problem(Decline.intentNotAmbiguous)
    }

    /// A person says which contract an ambiguous buy was; null says none.
    static func resolve(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let field = try call.fields(["contract"])["contract"], id = try call.trade()
        var contract: ContractID?
        if field.ifGiven != nil {
            guard let digits = field.value?.string, let number = Decimals.units(digits, decimals: 0), number > 0 else {
                throw field.wrong("the number of a contract as text, or null for none")
            }
            contract = ContractID(rawValue: number)
        } else if field.value == nil {
            throw field.wrong("the number of a contract as text, or null for none")
        }
        do throws(Problem) {
            try await call.perform(.resolveDoubt(id, owner: call.owner, contract: contract, by: call.by))
        } catch {
            throw try await explained(error, id, call)
        }
        return try await shown(id, call)
    }

    private static func shown(_ id: IntentID, _ call: Call) async throws -> Reply {
        guard let row = try await call.reads.trade(id, owner: call.owner) else { throw Problem(Decline.intentNotFound) }
        return .json { $0.value(row) }
    }
}
