// The log of what was done, for auditors: its entries, and whether it is still what it was.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum AuditRoutes {
    static func list(_ call: Call) async throws -> Reply {
        let parameters = try call.parameters(Call.paging.union(["action", "actor", "acts", "from", "to"]))
        let filter = AuditFilter(
            action: try parameters["action"].ifGiven?.text(), actor: try parameters["actor"].ifGiven?.text(),
            acts: try parameters["acts"].ifGiven?.word([("true", true), ("false", false)]) ?? false,
            from: try parameters["from"].ifGiven?.moment(), until: try parameters["to"].ifGiven?.moment())
        let page = try await call.desk.audit.entries(call.page(filter, parameters))
        return .page(page.rows, next: page.next) { json, row in
            json.object { json in
                json.member("sequence", row.sequence)
                json.member("at", row.at)
                json.member("actor", row.actor)
                json.member("action", row.action)
                json.member("object", row.object)
                json.member("outcome", row.outcome)
                json.member("content", row.content.hexText)
            }
        }
    }

    static func verify(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        do {
            let found = try await call.desk.audit.verify()
            return .json { json in
                json.object { json in
                    if let isWhole = found.isWhole { json.member("whole", isWhole) } else { json.nullMember("whole") }
                    json.member("entries", found.entries)
                    json.member("facts", found.facts)
                    json.member("checkpoints", found.checkpoints)
                    json.member("signingKeys", found.signingKeys)
                    json.memberTexts("faults", found.faults)
                }
            }
        } catch is AuditBusy {
            throw Problem(Decline.overloaded, "the log is being verified already; try again in a moment")
        }
    }
}
