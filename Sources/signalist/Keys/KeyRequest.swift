import KeyRing
import PlainJSON
import TradingModel

/// One command about keys as it travels to whoever has the database: a JSON object on one line.
enum KeyRequest: Sendable {
    case list
    case add(out: String?)
    case addPrevious(name: Label, secret: Secret, out: String?)
    case promote(isOldCompromised: Bool, out: String?)
    /// Rows a second at most.
    case reseal(rate: Int?)
    case verify(acceptsOlderRing: Bool)
    case retire(KeyVersion?, unopened: Int, out: String?)
    case enable(KeyVersion, out: String?)
    case destroy(KeyVersion, confirm: String?, out: String?)
    case abort(out: String?)
    /// The ring is about to be written to a file: that is put on the audit log.
    case export
    /// A command did something without whoever has the database, and this came of it: that is put on the audit log.
    case report(name: String, object: String, outcome: String)

    /// More than any of them has.
    static let longest = 1 << 16

    /// What is done, without its arguments.
    var name: String {
        switch self {
        case .list: "list"
        case .add: "add"
        case .addPrevious: "add previous secret"
        case .promote: "promote"
        case .reseal: "reseal"
        case .verify: "verify"
        case .retire: "retire"
        case .enable: "retire undone"
        case .destroy: "destroy"
        case .abort: "abort"
        case .export: "export"
        case .report(let name, _, _): name
        }
    }

    func bytes(with proof: KeyProof?) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            if let proof {
                json.member("as", proof.email)
                proof.password.reveal { json.member("password", $0) }
            }
            switch self {
            case .list: json.member("command", "list")
            case .add(let out):
                json.member("command", "add")
                json.member("out", ifAny: out)
            case .addPrevious(let name, let secret, let out):
                json.member("command", "add-previous")
                json.member("name", name.text)
                secret.reveal { json.member("secret", $0) }
                json.member("out", ifAny: out)
            case .promote(let isOldCompromised, let out):
                json.member("command", "promote")
                json.member("oldCompromised", isOldCompromised)
                json.member("out", ifAny: out)
            case .reseal(let rate):
                json.member("command", "reseal")
                if let rate { json.member("rate", rate) }
            case .verify(let acceptsOlderRing):
                json.member("command", "verify")
                json.member("acceptOlderRing", acceptsOlderRing)
            case .retire(let version, let unopened, let out):
                json.member("command", "retire")
                if let version { json.member("version", version.rawValue) }
                json.member("unopened", unopened)
                json.member("out", ifAny: out)
            case .enable(let version, let out):
                json.member("command", "enable")
                json.member("version", version.rawValue)
                json.member("out", ifAny: out)
            case .destroy(let version, let confirm, let out):
                json.member("command", "destroy")
                json.member("version", version.rawValue)
                json.member("confirm", ifAny: confirm)
                json.member("out", ifAny: out)
            case .abort(let out):
                json.member("command", "abort")
                json.member("out", ifAny: out)
            case .export: json.member("command", "export")
            case .report(let name, let object, let outcome):
                json.member("command", "report")
                json.member("name", name)
                json.member("object", object)
                json.member("outcome", outcome)
            }
        }
        return json.bytes
    }

    /// Nil for what is no command.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue.parse(bytes) else { return nil }
        let out = json["out"]?.string, version = json["version"]?.integer.flatMap(UInt32.init(exactly:)).map(KeyVersion.init(rawValue:))
        switch json["command"]?.string {
        case "list": self = .list
        case "add": self = .add(out: out)
        case "add-previous":
            guard let name = json["name"]?.string.flatMap({ Label($0) }), let secret = json["secret"]?.string else { return nil }
            self = .addPrevious(name: name, secret: Secret(secret), out: out)
        case "promote": self = .promote(isOldCompromised: json["oldCompromised"]?.bool ?? false, out: out)
        case "reseal": self = .reseal(rate: json["rate"]?.integer.map { Int($0) })
        case "verify": self = .verify(acceptsOlderRing: json["acceptOlderRing"]?.bool ?? false)
        case "retire": self = .retire(version, unopened: json["unopened"]?.integer.map { Int($0) } ?? 0, out: out)
        case "enable":
            guard let version else { return nil }
            self = .enable(version, out: out)
        case "destroy":
            guard let version else { return nil }
            self = .destroy(version, confirm: json["confirm"]?.string, out: out)
        case "abort": self = .abort(out: out)
        case "export": self = .export
        case "report":
            guard let name = json["name"]?.string, let object = json["object"]?.string, let outcome = json["outcome"]?.string else { return nil }
            self = .report(name: name, object: object, outcome: outcome)
        default: return nil
        }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, ifAny text: String?) { if let text { member(name, text) } }
}
