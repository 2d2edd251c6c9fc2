// Is it alive, is it ready, and how are its parts?

import Hummingbird
import PlainJSON
import TradingModel
import TradingPorts
import TradingService

enum Health {
    /// The process answers.
    static func live(_ call: Call) async throws -> Reply {
        .json { json in json.object { $0.member("status", "live") } }
    }

    /// Restored, and the loop runs. Says nothing else: it answers anybody.
    static func ready(_ call: Call) async throws -> Reply {
        let isReady = call.desk.health().isReady
        return .json(isReady ? .ok : .serviceUnavailable) { json in json.object { $0.member("status", isReady ? "ready" : "not_ready") } }
    }

    static func details(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let health = call.desk.health()
        return .json { json in
            json.object { json in
                json.member("status", health.isReady ? "ready" : "not_ready")
                json.member("version", call.configuration.version)
                json.member("time", call.desk.clock.now())
                json.member("streams", call.streams.open)
                json.member("policyViolations", call.policyReports.violations)
                json.memberArray("parts") { json in
                    for part in health.parts {
                        json.object { json in
                            json.member("name", part.name)
                            json.member("well", part.isWell)
                            json.member("detail", part.detail)
                        }
                    }
                }
            }
        }
    }
}
