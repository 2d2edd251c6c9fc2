// One's own visits: where one is logged in, and how to end that.

import Hummingbird
import People
import PlainJSON
import TradingPorts

enum Visits {
    static func list(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let mine = call.caller.visit?.id
        return .page(try await call.people.visits(call.owner), next: nil) { json, visit in
            json.object { json in
                json.member("id", visit.id)
                json.member("current", visit.id == mine)
                json.member("beganAt", visit.beganAt)
                json.member("seenAt", visit.seenAt)
                json.member("address", visit.address)
                json.member("agent", visit.agent)
            }
        }
    }

    static func end(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        guard try await call.people.end(visit: call.parameters["visit"] ?? "", of: call.owner, .takenAway, by: call.doer) else { throw Problem(.notFound) }
        return .noContent
    }
}
