// The emergency stop: ends every session of the owner at once and lets none start, until it is lifted.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

enum Emergency {
    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return shown(try await call.reads.isEmergencyStopped(call.owner))
    }

    static func stop(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        try await call.perform(.emergencyStop(call.owner, by: call.by))
        return shown(true)
    }

    static func lift(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        try await call.perform(.liftEmergencyStop(call.owner, by: call.by))
        return shown(false)
    }

    private static func shown(_ isStopped: Bool) -> Reply {
        .json { json in json.object { $0.member("stopped", isStopped) } }
    }
}
