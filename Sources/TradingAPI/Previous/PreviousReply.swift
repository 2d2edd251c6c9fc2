// The envelope of the previous system: `{"success":true,"data":…}` or `{"success":false,"error":"…"}`.

import Hummingbird
import PlainJSON
import TradingModel

enum PreviousReply {
    /// Every endpoint of the previous system.
    static let paths = "/api/deriv/"
    static let streams = ["/api/deriv/auto-trading/live-updates", "/api/deriv/market-data/stream"]

    static func data(_ write: (inout JSONWriter) -> Void) -> Reply {
        .json { json in
            json.object { json in
                json.member("success", true)
                json.key("data")
                write(&json)
            }
        }
    }

    static func message(_ text: String) -> Reply {
        .json { json in
            json.object { json in
                json.member("success", true)
                json.member("message", text)
            }
        }
    }

    static func failure(_ status: HTTPResponse.Status, _ error: String, headers: HTTPFields = [:]) -> Reply {
        .json(status, headers: headers) { json in
            json.object { json in
                json.member("success", false)
                json.member("error", error)
            }
        }
    }
}

/// A "no" of these endpoints in their own words.
struct PreviousError: Error, Sendable {
    var status: HTTPResponse.Status
    var text: String
    init(_ status: HTTPResponse.Status, _ text: String) { (self.status, self.text) = (status, text) }

    /// What is waited for or asked for elsewhere.
    static let brokerNotReachable = PreviousError(.serviceUnavailable, "Broker not reachable")
    static let noToken = PreviousError(.badRequest, "No valid Deriv API token found. Please connect your Deriv account first.")
}

extension Problem {
    /// The same "no" in the previous system's envelope.
    func previousReply(to route: String) -> Reply {
        // Its streams said this one without an envelope.
        if status == .unauthorized, PreviousReply.streams.contains(route) {
            return Reply(status: status, headers: [.contentType: "text/plain"], body: .bytes(Array("Unauthorized".utf8)))
        }
        let text = status == .unauthorized ? "Unauthorized" : detail ?? title
        return PreviousReply.failure(status, text, headers: headers)
    }
}

// Amounts are numbers there.
extension JSONWriter {
    mutating func member(_ name: StaticString, number amount: Money) { member(name, units: amount.minorUnits, scale: amount.currency.exponent) }
    mutating func member(_ name: StaticString, numberIfAny amount: Money?) { if let amount { member(name, number: amount) } }
    mutating func member(_ name: StaticString, momentIfAny moment: Timestamp?) { if let moment { member(name, moment.description) } }
}
