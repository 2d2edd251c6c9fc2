// What one is told about one's own way in, and that it was seen.

import Hummingbird
import People
import PlainJSON
import TradingModel
import TradingPorts

enum Notices {
    static func list(_ call: Call) async throws -> Reply {
        let parameters = try call.parameters(["unseen"])
        let isUnseenOnly: Bool = try parameters["unseen"].ifGiven?.word([("true", true), ("false", false)]) ?? false
        let notices = try await call.people.notices(call.owner)
        return .page(isUnseenOnly ? notices.filter { $0.seenAt == nil } : notices, next: nil) { $0.value($1) }
    }

    static func see(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let andOlder = try call.fieldsIfAny(["andOlder"])["andOlder"].ifGiven?.flag() ?? false
        let number = try Field(path: "notice", value: call.parameters["notice"].map { .string($0) }, isText: true).integer(1...Int64.max)
        guard try await call.people.see(notice: number, andOlder: andOlder, of: call.owner) else { throw Problem(.notFound) }
        return .noContent
    }
}

extension JSONWriter {
    fileprivate mutating func value(_ notice: Notice) {
        object { json in
            json.member("id", notice.number)
            json.member("kind", notice.kind.rawValue)
            json.member("about", ifAny: notice.about)
            json.member("by", notice.by.rawValue)
            json.member("from", ifAny: notice.from)
            json.member("count", notice.count)
            json.member("firstAt", notice.firstAt)
            json.member("lastAt", notice.lastAt)
            json.member("seenAt", ifAny: notice.seenAt?.description)
        }
    }
}
