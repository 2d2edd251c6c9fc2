// What an operator does with everybody's sessions: see, pause, stop. Each act is a fact of its owner's journal and says
// which operator it was.

import People
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum Operate {
    static func sessions(_ call: Call) async throws -> Reply {
        let parameters = try call.parameters(Call.paging)
        let page = try await call.reads.anyonesSessions(call.page(SessionFilter(), parameters))
        return .page(page.rows, next: page.next) { json, row in json.object { $0.operating(row) } }
    }

    static func pause(_ call: Call) async throws -> Reply { try await turn(call) { .pauseSession($0.id, owner: $0.owner, by: $1) } }
    static func stop(_ call: Call) async throws -> Reply { try await turn(call) { .stopSession($0.id, owner: $0.owner, by: $1) } }

    private static func turn(_ call: Call, _ event: (SessionRow, Label) -> Input.Event) async throws -> Reply {
        try call.nothingElse()
        let id = try call.session()
        guard let row = try await call.reads.anyonesSession(id) else { throw Problem(Decline.sessionNotFound) }
        try await call.perform(event(row, call.operatorLabel))
        guard let row = try await call.reads.anyonesSession(id) else { throw Problem(Decline.sessionNotFound) }
        return .json { json in json.object { $0.operating(row) } }
    }
}

extension JSONWriter {
    /// What it takes to see whether a session does as it should; neither plan nor tokens.
    fileprivate mutating func operating(_ row: SessionRow) {
        member("owner", row.owner.rawValue)
        member("id", row.id.rawValue)
        member("account", row.account.rawValue)
        member("name", row.plan.name.text)
        member("phase", row.phase.name)
        if case .paused(let cause) = row.phase { member("pausedFor", cause.code) } else { nullMember("pausedFor") }
        member("failure", ifAny: row.failure)
        member("startedAt", ifAny: row.startedAt?.description)
        member("lastTradeAt", ifAny: row.lastTradeAt?.description)
        member("currency", row.profit.currency.code)
        member("profit", row.profit)
        member("profitToday", row.profitToday)
        member("currentDrawdown", percentOf: row.currentDrawdown)
        member("trades", row.trades)
        member("openContracts", row.openContracts)
        member("unresolvedBuys", row.unresolved)
        member("exposure", row.exposure)
        member("waitingSignals", row.waiting)
    }
}
