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
        let page = try await call.pageInReach(call.page(TradeFilter(session: session), parameters)) {
            try await call.reads.trades(call.owner, $0)
        } _: { row in
            call.caller.reaches(row.intent.id.session) ? row : nil
        }
        return .page(page.rows, next: page.next) { $0.value($1) }
    }

    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return try await shown(call.trade(), call)
    }

    /// The contracts that an ambiguous buy may be: what a person decides by.
    static func candidates(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return try await candidates(call.trade(), of: call.owner, call)
    }

    static func candidates(_ id: IntentID, of owner: OwnerID, _ call: Call) async throws -> Reply {
        switch try await call.submit(.askCandidates(id, owner: owner)) {
        case .candidates(let contracts):
            return .json { $0.object { json in json.memberArray("items") { json in for contract in contracts { json.value(contract) } } } }
        case .declined(let decline): throw try await explained(Problem(decline), id, of: owner, call)
        case .done, .signal, .risk, .promise: preconditionFailure("a question is answered or declined")
        }
    }

    /// The engine forgets a buy whose end is known; the store does not.
    private static func explained(_ problem: Problem, _ id: IntentID, of owner: OwnerID, _ call: Call) async throws -> Problem {
        guard problem.code == Decline.intentNotFound.rawValue, try await call.reads.trade(id, owner: owner) != nil else { return problem }
        return Problem(Decline.intentNotAmbiguous)
    }

    /// A person says which contract an ambiguous buy was; null says none.
    static func resolve(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let contract = try contract(call), id = try call.trade()
        try await resolve(id, of: call.owner, as: contract, by: call.by, call)
        return try await shown(id, call)
    }

    /// The contract that the body says it was; nil is none of them, said so.
    static func contract(_ call: Call) throws(Problem) -> ContractID? {
        let field = try call.fields(["contract"])["contract"], expected = "the number of a contract as text, or null for none"
        if field.ifGiven == nil, field.value != nil { return nil }
        guard let digits = field.value?.string, let number = Decimals.units(digits, decimals: 0), number > 0 else { throw field.wrong(expected) }
        return ContractID(rawValue: number)
    }

    static func resolve(_ id: IntentID, of owner: OwnerID, as contract: ContractID?, by: Label, _ call: Call) async throws {
        do throws(Problem) {
            try await call.perform(.resolveDoubt(id, owner: owner, contract: contract, by: by))
        } catch {
            throw try await explained(error, id, of: owner, call)
        }
    }

    private static func shown(_ id: IntentID, _ call: Call) async throws -> Reply {
        guard let row = try await call.reads.trade(id, owner: call.owner) else { throw Problem(Decline.intentNotFound) }
        return .json { $0.value(row) }
    }
}
