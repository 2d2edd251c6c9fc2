// What was refused for lack of a right or for asking too much, in the log: a line each, and of a flood so many a minute.

import HTTPTypes
import Logging
import Synchronization
import TradingModel

/// Requests without a right, from the wrong place, by a wrong name, with a wrong password or too many. A flood of them fills no disk:
/// past the most a minute they are counted, and the next line says how many were left out.
final class RefusedRequests: Sendable {
    static let mostAMinute: Int32 = 120
    private let rates = Rates(most: 1)
    private let leftOut = Mutex(0)

    private static func isTold(_ status: HTTPResponse.Status) -> Bool {
        switch status.code {
        case 401, 403, 421, 429: true
        default: false
        }
    }

    /// - Parameter code: the problem's; nil where the previous system's envelope has none.
    func note(
        _ status: HTTPResponse.Status, code: String?, _ method: HTTPRequest.Method, route: String, from household: String, at now: Timestamp,
        in logger: Logger
    ) {
        guard RefusedRequests.isTold(status) else { return }
        guard rates.take("all", perMinute: RefusedRequests.mostAMinute, at: now) == nil else {
            leftOut.withLock { $0 += 1 }
            return
        }
        var metadata: Logger.Metadata = ["method": "\(method)", "route": "\(route)", "status": "\(status.code)", "address": "\(household)"]
        if let code { metadata["code"] = "\(code)" }
        let before = leftOut.withLock { count in
            defer { count = 0 }
            return count
        }
        if before > 0 { metadata["leftOut"] = "\(before)" }
        logger.notice("request refused", metadata: metadata)
    }
}
