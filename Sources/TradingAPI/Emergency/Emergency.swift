// The emergency stop: ends every session of the owner at once and lets none start, until it is lifted.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

enum Emergency {
    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return try await shown(call)
    }

    static func stop(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        try await call.perform(.emergencyStop(call.owner, by: call.by))
        return try await shown(call)
    }

    /// Lets trading begin again, which may have to wait.
    static func lift(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        try await call.perform(.liftEmergencyStop(call.owner, by: call.by))
        return try await shown(call)
    }

    private static func shown(_ call: Call) async throws -> Reply {
        let isStopped = try await call.reads.isEmergencyStopped(call.owner), operators = try await call.reads.operatorsStop()
        let ending = try await call.reads.ending(call.owner), pending = try await call.promise().raises(of: { $0 == .emergencyStop })
        return .json { json in
            json.object { json in
                json.member("stopped", isStopped)
                json.pending(pending)
                if let operators {
                    json.memberObject("operators") { json in
                        json.member("since", operators.since.description)
                        json.member("by", operators.by.text)
                        json.member("reason", operators.reason)
                    }
                } else {
                    json.nullMember("operators")
                }
                json.member(ending)
            }
        }
    }
}
