// The promise lock: how long whatever is raised waits, what waits, and taking it back.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

enum PromiseLock {
    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return shown(try await call.promise())
    }

    /// Longer acts at once; shorter is a raise and waits as long as before.
    static func set(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let seconds = try call.fields(["waitSeconds"])["waitSeconds"].integer(0...Owner.promiseSecondsMost)
        try await call.perform(.setPromise(call.owner, seconds: seconds, by: call.by))
        return shown(try await call.promise())
    }

    static func pending(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let accounts = try await call.accountsInReach()
        let raises = try await call.promise().raises { subject in
            switch subject {
            case .plan(let session), .drawdown(let session): call.caller.reaches(session)
            case .accountLimits(let account): accounts?.contains(account) ?? true
            case .promise, .ownerLimits, .emergencyStop: true
            }
        }
        return .page(raises, next: nil) { $0.value($1) }
    }

    static func takeBack(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let raise = Field(path: "raise", value: call.parameters["raise"].map { .string($0) }, isText: true)
        try await call.perform(.takeBackRaise(call.owner, raise.integer(1...Int64.max), by: call.by))
        return .noContent
    }

    private static func shown(_ standing: PromiseStanding) -> Reply {
        .json { json in
            json.object { json in
                json.member("waitSeconds", standing.seconds)
                json.pending(standing.raises(of: { $0 == .promise }))
            }
        }
    }
}

extension PromiseStanding {
    /// What waits of some subjects.
    func raises(of isMeant: (Raise.Subject) -> Bool) -> [Waiting] { raises.filter { isMeant($0.raise.change.subject) } }
}

extension Call {
    /// How the owner's promise stands.
    func promise() async throws(Problem) -> PromiseStanding {
        switch try await submit(.askPromise(owner)) {
        case .promise(let standing): return standing
        case .declined(let decline): throw Problem(decline)
        case .done, .signal, .risk, .candidates: preconditionFailure("a question is answered or declined")
        }
    }
}

extension JSONWriter {
    /// What of this waits, and until when.
    mutating func pending(_ waiting: [PromiseStanding.Waiting]) {
        memberArray("pending") { json in for raise in waiting { json.value(raise) } }
    }

    mutating func value(_ waiting: PromiseStanding.Waiting) {
        let raise = waiting.raise
        object { json in
            json.member("id", raise.id)
            json.member("change", raise.change.name)
            json.member("requestedAt", raise.requestedAt)
            json.member("dueAt", raise.dueAt)
            json.member("heldByLoss", waiting.isHeld)
            json.member("by", raise.by.text)
            switch raise.change {
            case .promise(let seconds): json.member("waitSeconds", seconds)
            case .ownerLimits(let limits): json.memberObject("limits") { $0.members(limits) }
            case .accountLimits(let account, let limits):
                json.member("account", account.rawValue)
                json.memberObject("limits") { $0.members(limits) }
            case .plan(let session, let plan):
                json.member("session", session.rawValue)
                json.key("plan")
                json.value(plan)
            case .acceptDrawdown(let session): json.member("session", session.rawValue)
            case .liftEmergencyStop: break
            }
        }
    }
}
