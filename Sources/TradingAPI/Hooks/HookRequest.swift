// What an owner says of a hook.

import PlainJSON
import TradingModel
import TradingPorts
import TradingService

extension Hook {
    static let changeable: Set<String> = [
        "name", "session", "source", "template", "addresses", "certificateName", "alertsPerMinute", "ageSeconds", "validSeconds",
    ]

    /// A hook as a body describes it.
    init(_ fields: Fields, id: String, owner: OwnerID, format: Format, createdAt: Timestamp) throws(Problem) {
        let name = try fields["name"].label()
        let session = try fields["session"].ifGiven.map { field throws(Problem) in SessionID(rawValue: try field.integer(1...Int64.max)) }
        let source = try fields["source"].ifGiven?.label() ?? Label("webhook")!
        let template = try fields["template"].ifGiven.map { field throws(Problem) in try HookTemplate(field) } ?? .plain
        if format == .tradingView {
            let field = fields["template"]
            guard template.finds(.id) || template.finds(.barTime) else { throw field.wrong("id or barTime in it: a retry could not be told from a new alert") }
            guard template.finds(.sentAt) || template.finds(.barTime) else { throw field.wrong("sentAt or barTime in it: a late alert could not be told") }
        }
        let addresses =
            try fields["addresses"].ifGiven?.list(atMost: 32) { (field: Field) throws(Problem) -> String in
                guard let text = field.value?.string, Network(text) != nil else { throw field.wrong("an address or a network such as 192.0.2.0/24") }
                return text
            } ?? []
        let certificateName = try fields["certificateName"].ifGiven.map { field throws(Problem) -> String in
            let text = try field.text()
            guard (1...254).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw field.wrong("the address or the host that the certificate names")
            }
            return text
        }
        var json = JSONWriter()
        json.value(template)
        let text = String(decoding: json.bytes, as: UTF8.self)
        guard text.utf8.count <= 16_384 else { throw fields["template"].wrong("at most 16384 bytes") }
        self.init(
            id: id, owner: owner, name: name, format: format, session: session, source: source, template: text, addresses: addresses,
            certificateName: certificateName, alertsPerMinute: Int32(try fields["alertsPerMinute"].ifGiven?.integer(1...600) ?? 60),
            ageSeconds: Int32(try fields["ageSeconds"].ifGiven?.integer(5...86_400) ?? 60),
            validSeconds: Int32(try fields["validSeconds"].ifGiven?.integer(1...Signal.validSecondsMost) ?? Signal.validSeconds), createdAt: createdAt)
    }
}

extension JSONWriter {
    mutating func value(_ stored: StoredHook, secret: Secret? = nil) {
        let hook = stored.hook
        object { json in
            json.member("id", hook.id)
            json.member("name", hook.name.text)
            json.member("format", hook.format.rawValue)
            json.member("session", ifAny: hook.session?.rawValue)
            json.member("source", hook.source.text)
            json.key("template")
            if let template = try? HookDelivery.template(hook) { json.value(template) } else { json.null() }
            json.memberTexts("addresses", hook.addresses)
            json.member("certificateName", ifAny: hook.certificateName)
            json.member("alertsPerMinute", hook.alertsPerMinute)
            json.member("ageSeconds", hook.ageSeconds)
            json.member("validSeconds", hook.validSeconds)
            json.member("createdAt", hook.createdAt)
            json.memberArray("secrets") { json in
                for secret in stored.secrets {
                    json.object { json in
                        json.member("version", secret.version)
                        json.member("createdAt", secret.createdAt)
                    }
                }
            }
            json.member("path", hook.format == .signed ? "/hooks/\(hook.id)" : "/hooks/\(hook.id)/{secret}")
            // Once, to who made it.
            secret?.reveal { json.member("secret", $0) }
        }
    }
}
