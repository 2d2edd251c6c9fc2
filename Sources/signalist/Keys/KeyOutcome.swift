import Foundation
import KeyRing
import KeyRotation
import PlainJSON
import SQLiteStore
import TradingModel
import TradingPorts

/// What became of a command: lines for a person, an object for a program, and the exit code. It travels as one line of JSON.
struct KeyOutcome: Sendable {
    /// Done; refused or failed; done, but something sealed does not open.
    enum Code: Int32, Sendable { case done = 0, failed = 1, unopened = 3 }

    var code = Code.done
    var lines: [String] = []
    /// Nothing was done: it takes a password that did not come with it.
    var isPasswordNeeded = false
    /// A JSON object.
    var data: [UInt8] = Array("{}".utf8)

    init(code: Code = .done, lines: [String], data: [UInt8]) { (self.code, self.lines, self.data) = (code, lines, data) }

    init(error: any Error) {
        var json = JSONWriter()
        json.object { $0.member("error", "\(error)") }
        self.init(code: .failed, lines: ["\(error)"], data: json.bytes)
    }

    var bytes: [UInt8] {
        var json = JSONWriter(capacity: data.count + 1_024)
        json.object { json in
            json.member("code", code.rawValue)
            json.member("passwordNeeded", isPasswordNeeded)
            json.memberArray("lines") { json in for line in lines { json.value(line) } }
            json.key("data")
            json.raw(data)
        }
        return json.bytes
    }

    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONValue.parse(bytes), let code = json["code"]?.integer.flatMap({ Code(rawValue: Int32($0)) }),
            let lines = json["lines"]?.array, let data = json["data"]
        else { return nil }
        var writer = JSONWriter()
        writer.value(data)
        self.init(code: code, lines: lines.compactMap(\.string), data: writer.bytes)
        isPasswordNeeded = json["passwordNeeded"]?.bool ?? false
    }
}

// The objects and lines that commands say.
extension KeyOutcome {
    static func overview(_ overview: KeyKeeper.Overview) -> KeyOutcome {
        var json = JSONWriter()
        json.object { json in
            json.members(overview.ring)
            json.member("source", overview.source.description)
            json.members(overview.census, isOpened: false)
            if let rotation = overview.rotation { json.member(rotation) }
        }
        var lines = ["key ring of epoch \(overview.ring.epoch), from the \(overview.source)", ""]
        lines += ["version  id                state      created                   sealed with it"]
        for key in overview.ring.keys {
            lines.append(
                [
                    "\(key.version)".padded(7), key.name.padded(16), (key.state.rawValue + (key.isCompromised ? "!" : "")).padded(9), "\(key.created)",
                    "\(overview.census.count(key.version))",
                ].joined(separator: "  "))
        }
        if overview.ring.keys.contains(where: \.isCompromised) { lines.append("! somebody else may know this key") }
        lines += others(overview.census, overview.ring)
        for secret in overview.ring.previousSecrets { lines.append("opens tokens of the previous system too: \(secret.name)") }
        if let rotation = overview.rotation { lines += ["", line(rotation)] }
        return KeyOutcome(lines: lines, data: json.bytes)
    }

    static func ring(_ ring: KeyRing, _ lines: [String], out: String?) -> KeyOutcome {
        var json = JSONWriter()
        json.object { json in
            json.members(ring)
            if let out { json.member("out", out) }
        }
        return KeyOutcome(
            lines: out.map { ["the next key ring is in \($0), mode 0600: put it where the ring comes from, take the file away, and go on"] } ?? lines,
            data: json.bytes)
    }

    static func census(_ census: SealedCensus, _ ring: KeyRing, resealed: Int? = nil) -> KeyOutcome {
        var json = JSONWriter()
        json.object { json in
            if let resealed { json.member("resealed", resealed) }
            json.members(census, isOpened: true)
        }
        var lines = resealed.map { ["\($0) sealed anew"] } ?? []
        lines.append("\(census.total) sealed, \(census.total - census.unopened.count) open")
        for (version, count) in census.versions { lines.append("  with key \(version): \(count)") }
        lines += others(census, ring)
        for one in census.unopened {
            let ofPeople = [SecondFactor.place, SealedPassword.place]
            let what = one.hook.map { ofPeople.contains($0) ? "the \($0)" : "hook \($0)" } ?? "account \(one.account)"
            lines.append("does not open, left as it is: \(what) of owner \(one.owner): \(one.reason)")
        }
        if !census.compromised.isEmpty {
            let accounts = census.compromised.map { "\($0)" }.joined(separator: ", ")
            lines.append("known to others, to be replaced at the broker: account\(census.compromised.count == 1 ? "" : "s") \(accounts)")
        }
        return KeyOutcome(code: census.unopened.isEmpty ? .done : .unopened, lines: lines, data: json.bytes)
    }

    private static func others(_ census: SealedCensus, _ ring: KeyRing) -> [String] {
        var lines = census.versions.filter { ring.key($0.version) == nil }.map { "\($0.count) sealed with key \($0.version), which the ring does not have" }
        if census.previous > 0 { lines.append("\(census.previous) as the previous system sealed them") }
        if census.unreadable > 0 { lines.append("\(census.unreadable) that are no sealed secrets") }
        return lines
    }

    static func line(_ rotation: Rotation) -> String {
        "rotation from key \(rotation.from) to key \(rotation.to): \(rotation.phase.rawValue), \(rotation.resealed) sealed anew, begun \(rotation.startedAt)"
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

extension JSONWriter {
    fileprivate mutating func members(_ ring: KeyRing) {
        member("ringEpoch", ring.epoch)
        member("primary", ring.primary.rawValue)
        memberArray("keys") { json in
            for key in ring.keys {
                json.object { json in
                    json.member("version", key.version.rawValue)
                    json.member("id", key.name)
                    json.member("state", key.state.rawValue)
                    json.member("compromised", key.isCompromised)
                    json.member("created", key.created.description)
                    if let destroyed = key.destroyed { json.member("destroyed", destroyed.description) }
                }
            }
        }
        memberArray("previousSecrets") { json in for secret in ring.previousSecrets { json.value(secret.name.text) } }
    }

    fileprivate mutating func members(_ census: SealedCensus, isOpened: Bool) {
        member("sealed", census.total)
        memberObject("byKey") { json in
            for (version, count) in census.versions {
                json.key(text: "\(version)")
                json.value(count)
            }
        }
        member("previousSystem", census.previous)
        member("unreadable", census.unreadable)
        memberArray("compromised") { json in for account in census.compromised { json.value(account.rawValue) } }
        guard isOpened else { return }
        memberArray("unopened") { json in
            for one in census.unopened {
                json.object { json in
                    if let hook = one.hook { json.member("hook", hook) } else { json.member("account", one.account.rawValue) }
                    json.member("owner", one.owner.rawValue)
                    json.member("reason", one.reason)
                }
            }
        }
    }

    fileprivate mutating func member(_ rotation: Rotation) {
        memberObject("rotation") { json in
            json.member("from", rotation.from)
            json.member("to", rotation.to)
            json.member("phase", rotation.phase.rawValue)
            json.member("resealed", rotation.resealed)
            json.member("startedAt", rotation.startedAt.description)
            json.member("changedAt", rotation.changedAt.description)
        }
    }
}
