// Sessions: create, run, change, ask.

import Hummingbird
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum Sessions {
    static func create(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let fields = try call.fields(PlanRequest.names.union(["account"]))
        let account = AccountID(rawValue: try fields["account"].integer(1...Int64.max))
        guard let owned = try await call.reads.account(account, owner: call.owner), !owned.isRemoved else {
            throw Problem(Decline.accountNotFound, "account is \(account); expected one of yours", field: "account")
        }
        let plan = try PlanRequest.plan(fields, owned.profile.currency)
        try await call.prepare(zone: plan.zone)
        try await call.expectListed(plan)
        let id = SessionID(rawValue: try await call.newID())
        // The process may have ended between the creation and its being remembered: what was created stands.
        if try await call.reads.session(id, owner: call.owner) == nil {
            try await call.perform(.createSession(id, owner: call.owner, account: account, plan, by: call.by))
        }
        return try await shown(id, call, withPending: true, status: .created, headers: [.location: "/api/v1/sessions/\(id)"])
    }

    static func list(_ call: Call) async throws -> Reply {
        let parameters = try call.parameters(Call.paging.union(["phase"]))
        let phase = try parameters["phase"].ifGiven?.word(SessionPhase.names.map { ($0, $0) })
        let page = try await call.pageInReach(call.page(SessionFilter(phase: phase), parameters)) {
            try await call.reads.sessions(call.owner, $0)
        } _: { row in
            call.caller.reaches(row.id) ? row : nil
        }
        return .page(page.rows, next: page.next) { json, row in json.object { $0.members(row) } }
    }

    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return try await shown(call.session(), call)
    }

    static func changePlan(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let id = try call.session()
        guard let session = try await call.reads.session(id, owner: call.owner) else { throw Problem(Decline.sessionNotFound) }
        let plan = try PlanRequest.plan(call.fields(PlanRequest.names), session.profit.currency)
        if session.phase != .idle, plan.zone != session.plan.zone {
            // Another zone would cut a trading day short or count one twice.
            throw Problem(.invalidField, "zone is \"\(plan.zone)\"; expected \(session.plan.zone), which stays once a session was started", field: "zone")
        }
        try await call.prepare(zone: plan.zone)
        try await call.expectListed(plan)
        try await call.perform(.changePlan(id, owner: call.owner, plan, by: call.by))
        return try await shown(id, call, withPending: true)
    }

    static func start(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let id = try call.session()
        try await RealTrading.checked(id, call) { try await call.perform(.startSession(id, owner: call.owner, by: call.by)) }
        return try await shown(id, call)
    }

    static func pause(_ call: Call) async throws -> Reply {
        try await turn(call) { .pauseSession($0, owner: call.owner, by: call.by) }
    }

    static func stop(_ call: Call) async throws -> Reply {
        try await turn(call) { .stopSession($0, owner: call.owner, by: call.by) }
    }

    /// What was flagged of a session of the previous system was looked at: by a person, for money trades from then on.
    static func acceptReview(_ call: Call) async throws -> Reply {
        try call.expectProven()
        return try await turn(call) { .acceptReview($0, owner: call.owner, by: call.by) }
    }

    static func resume(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let accept = try call.fieldsIfAny(["acceptDrawdown"])["acceptDrawdown"].ifGiven?.flag() ?? false
        let id = try call.session()
        try await RealTrading.checked(id, call) {
            try await call.perform(.resumeSession(id, owner: call.owner, acceptDrawdown: accept, by: call.by))
        }
        return try await shown(id, call, withPending: true)
    }

    private static func turn(_ call: Call, _ event: (SessionID) -> Input.Event) async throws -> Reply {
        try call.nothingElse()
        let id = try call.session()
        try await call.perform(event(id))
        return try await shown(id, call)
    }

    /// - Parameter withPending: with what of it waits to be raised.
    private static func shown(
        _ id: SessionID, _ call: Call, withPending: Bool = false, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) async throws -> Reply {
        guard let row = try await call.reads.session(id, owner: call.owner) else { throw Problem(Decline.sessionNotFound) }
        let refusals = try await call.reads.refusals(id, owner: call.owner)
        let pending = withPending ? try await call.promise().raises(of: { $0 == .plan(id) || $0 == .drawdown(id) }) : nil
        return .json(status, headers: headers) { json in
            json.object { json in
                json.members(row)
                json.memberArray("refusals") { json in for refusal in refusals { json.value(refusal) } }
                if let pending { json.pending(pending) }
            }
        }
    }

    // MARK: The four questions

    static func canExecuteTrade(_ call: Call) async throws -> Reply {
        let parameters = try call.parameters(["stake", "symbol", "kind", "duration"])
        let id = try call.session()
        guard let session = try await call.reads.session(id, owner: call.owner) else { throw Problem(Decline.sessionNotFound) }
        let stake = try parameters["stake"].ifGiven?.money(session.profit.currency, atLeast: 1)
        let symbol = try parameters["symbol"].ifGiven?.symbol(), kind = try parameters["kind"].ifGiven?.kind()
        let duration = try parameters["duration"].ifGiven?.duration()
        var terms: ContractTerms?
        if let symbol, let kind {
            terms = ContractTerms(symbol: symbol, kind: kind, duration: duration ?? session.plan.duration)
        } else if symbol != nil || kind != nil || duration != nil {
            throw parameters[symbol == nil ? "symbol" : "kind"].wrong("symbol and kind together; duration only with them")
        }
        return try await ask(id, .canExecuteTrade(stake: stake, terms: terms), call)
    }

    static func dailyLimits(_ call: Call) async throws -> Reply { try await ask(.dailyLimits, call) }
    static func drawdown(_ call: Call) async throws -> Reply { try await ask(.drawdown, call) }
    static func consecutiveLosses(_ call: Call) async throws -> Reply { try await ask(.consecutiveLosses, call) }

    private static func ask(_ question: RiskQuestion, _ call: Call) async throws -> Reply {
        try call.nothingElse()
        return try await ask(call.session(), question, call)
    }

    private static func ask(_ id: SessionID, _ question: RiskQuestion, _ call: Call) async throws -> Reply {
        switch try await call.submit(.ask(id, owner: call.owner, question)) {
        case .risk(let answer): return .json { $0.value(answer) }
        case .declined(let decline): throw Problem(decline)
        case .done, .signal, .candidates, .promise: preconditionFailure("a question is answered or declined")
        }
    }
}

extension SessionPhase {
    /// Every word that `name` can be.
    static let names = ["idle", "starting", "active", "paused", "stopping", "stopped", "failed"]
}
