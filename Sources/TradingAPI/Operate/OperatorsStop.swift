// Operators stop everybody's trading at once, and let it begin again. It and the emergency stops of owners lift each other never.

import Logging
import People
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum EverybodysStop {
    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return try await shown(call)
    }

    /// One that stands already stays as it is, with its own reason.
    static func stop(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let field = try call.fields(["reason"])["reason"], expected = "a text of 1 to \(OperatorsStop.reasonLongest) bytes without control characters"
        let reason = try field.text(expected)
        guard (1...OperatorsStop.reasonLongest).contains(reason.utf8.count), reason.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }),
            reason.utf8.contains(where: { $0 != 0x20 })
        else { throw field.wrong(expected) }
        try await call.perform(.operatorsStop(reason: reason, by: call.operatorLabel))
        await call.enter("operators stop", "everybody's trading")
        return try await shown(call)
    }

    /// No session starts by itself.
    static func lift(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        try await call.perform(.liftOperatorsStop(by: call.operatorLabel))
        await call.enter("operators stop lift", "everybody's trading")
        return try await shown(call)
    }

    private static func shown(_ call: Call) async throws -> Reply {
        let stop = try await call.reads.operatorsStop(), ending = try await call.reads.anyonesEnding()
        return .json { json in
            json.object { json in
                json.member("stopped", stop != nil)
                json.member("since", ifAny: stop?.since.description)
                json.member("by", ifAny: stop?.by.text)
                json.member("reason", ifAny: stop?.reason)
                json.member(ending)
            }
        }
    }
}

extension Call {
    /// As facts of other people's journals name whoever operates.
    var operatorLabel: Label { caller.visit.flatMap { Label("operator \($0.person)") } ?? by }

    /// Beside the fact, where there is one: here auditors look first, and it has the address. The fact is durable by now: that this fails must
    /// not make it look undone.
    func enter(_ action: String, _ object: String, outcome: String = "done") async {
        do { try await desk.audit.enter(action, object, outcome: outcome, by: doer) } catch {
            logger.error("an act is not on the audit log", metadata: ["action": "\(action)", "error": "\(error)"])
        }
    }
}

extension JSONWriter {
    /// What sessions that were stopped still wait for.
    mutating func member(_ ending: Ending) {
        memberObject("ending") { json in
            json.member("sessions", ending.sessions)
            json.member("openContracts", ending.openContracts)
            json.member("unresolvedBuys", ending.unresolvedBuys)
        }
    }
}
