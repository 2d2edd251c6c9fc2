// The file that proves a trade: `signalist proof verify` needs nothing else.

import HTTPTypes
import Hummingbird
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

extension Trades {
    private static let contentDisposition = HTTPField.Name("Content-Disposition")!

    static func proof(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let id = try call.trade()
        do {
            guard let file = try await call.desk.audit.proof(of: id, owner: call.owner) else { throw Problem(Decline.intentNotFound) }
            return .json(.ok, headers: [contentDisposition: "attachment; filename=\"proof-\(id.text).json\""], bytes: file)
        } catch is AuditBusy {
            throw Problem(Decline.overloaded, "another proof is being put together; try again in a moment")
        }
    }
}
