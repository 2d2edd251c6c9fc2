import Crypto
import PlainJSON
import TradingModel

/// The text of a key ring file:
///
///     {"ring_epoch": 2, "keys": [
///         {"version": 1, "key_id": "0123456789abcdef", "state": "enabled", "created": "2026-11-22T10:15:30.000Z", "key": "…base64…"},
///         {"version": 2, "key_id": …, "state": "primary", "created": …, "key": …}],
///      "primary": 2, "previous_secrets": [{"name": "BETTER_AUTH_SECRET", "secret": "…"}], "mac": "…base64…"}
///
/// A destroyed key has `destroyed` in the place of `key`; a compromised one has `"compromised": true`. A ring written by
/// hand may leave out `key_id`, `previous_secrets` and `mac`. The first version of the program wrote the primary as
/// `enabled` and named it by `primary` alone; that is read.
///
/// `mac` tells a damaged or badly edited file. It is made with the primary key, so it is no guard against somebody who
/// can read the file.
enum KeyRingText {
    static func bytes(of ring: KeyRing) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            write(ring, to: &json)
            json.member("mac", Base64.standard.text(mac(of: ring)))
        }
        return json.bytes + [0x0a]
    }

    private static func write(_ ring: KeyRing, to json: inout JSONWriter) {
        json.member("ring_epoch", ring.epoch)
        json.memberArray("keys") { json in
            for key in ring.keys {
                json.object { json in
                    json.member("version", key.version.rawValue)
                    json.member("key_id", key.name)
                    json.member("state", key.state.rawValue)
                    if key.isCompromised { json.member("compromised", true) }
                    json.member("created", key.created.description)
                    if let destroyed = key.destroyed {
                        json.member("destroyed", destroyed.description)
                    } else {
                        json.member("key", Base64.standard.text(key.bytes))
                    }
                }
            }
        }
        json.member("primary", ring.primary.rawValue)
        if ring.previousSecrets.isEmpty { return }
        json.memberArray("previous_secrets") { json in
            for one in ring.previousSecrets {
                json.object { json in
                    json.member("name", one.name.text)
                    one.secret.reveal { json.member("secret", $0) }
                }
            }
        }
    }

    private static func mac(of ring: KeyRing) -> [UInt8] {
        guard let material = ring.key(ring.primary)?.material else { preconditionFailure("the primary key has its bytes") }
        let key = HKDF<SHA256>.deriveKey(inputKeyMaterial: material, info: Array("signalist/key-ring/mac".utf8), outputByteCount: 32)
        var json = JSONWriter()
        json.object { write(ring, to: &$0) }
        return Array(HMAC<SHA256>.authenticationCode(for: json.bytes, using: key))
    }

    /// - Throws: `malformed` with the field that is wrong, never with its value, which may be a key.
    static func ring(_ bytes: [UInt8], path: String) throws(KeyRingFileError) -> KeyRing {
        do {
            let json = try JSONValue.parse(bytes)
            try refuseOthers(json, than: ["ring_epoch", "keys", "primary", "previous_secrets", "mac"], in: "the ring")
            guard let epoch = json["ring_epoch"]?.integer else { throw Wrong(field: "ring_epoch", expected: "a whole number") }
            guard let list = json["keys"]?.array else { throw Wrong(field: "keys", expected: "a list") }
            let primary = try version(json["primary"], at: "primary")
            let keys = try list.enumerated().map { try key($1, at: "keys[\($0)]", primary: primary) }
            guard let first = keys.first(where: { $0.version == primary }) else {
                throw KeyRingError.invalidRing("there is no key of the primary version \(primary)")
            }
            guard first.state == .primary else { throw KeyRingError.invalidRing("the primary key \(primary) is \(first.state.rawValue), expected primary") }
            let secrets = try (json["previous_secrets"]?.array ?? []).enumerated().map { try previousSecret($1, at: "previous_secrets[\($0)]") }
            let ring = try KeyRing(epoch: epoch, keys: keys, previousSecrets: secrets)
            if let written = json["mac"] {
                guard written.string.flatMap(Base64.standard.bytes) == mac(of: ring) else {
                    throw Wrong(field: "mac", expected: "the one of this ring: the file is damaged or was changed by hand; leave mac out to have it made anew")
                }
            }
            return ring
        } catch let error as JSONError {
            throw .malformed(path: path, "it is no JSON: \(error.reason)")
        } catch let error as Wrong {
            throw .malformed(path: path, "\(error.field) is missing or wrong, expected \(error.expected)")
        } catch let error as KeyRingError {
            throw .malformed(path: path, error.description)
        } catch {
            preconditionFailure("reading a key ring threw \(type(of: error))")
        }
    }

    private struct Wrong: Error {
        let field: String
        let expected: String
    }

    private static func key(_ json: JSONValue, at field: String, primary: KeyVersion) throws -> RingKey {
        try refuseOthers(json, than: ["version", "key_id", "state", "compromised", "created", "destroyed", "key"], in: field)
        let created = try moment(json["created"], at: "\(field).created")
        guard var state = json["state"]?.string.flatMap(KeyState.init) else {
            throw Wrong(field: "\(field).state", expected: KeyState.allCases.map(\.rawValue).joined(separator: " or "))
        }
        let number = try version(json["version"], at: "\(field).version"), isCompromised = json["compromised"]?.bool ?? false
        if number == primary, state == .enabled { state = .primary }
        if state == .destroyed {
            guard let id = json["key_id"]?.string.flatMap(id) else { throw Wrong(field: "\(field).key_id", expected: "16 hexadecimal digits") }
            let destroyed = try moment(json["destroyed"], at: "\(field).destroyed")
            return RingKey(tombstoneOf: number, id: id, created: created, destroyed: destroyed, isCompromised: isCompromised)
        }
        guard let bytes = json["key"]?.string.flatMap(Base64.standard.bytes) else { throw Wrong(field: "\(field).key", expected: "32 bytes in base64") }
        let key = try RingKey(version: number, bytes: bytes, created: created, state: state, isCompromised: isCompromised)
        if let name = json["key_id"] {
            guard name.string == key.name else { throw Wrong(field: "\(field).key_id", expected: "the id of the key beside it") }
        }
        return key
    }

    /// A name that is misspelt would be a setting that is silently left out.
    private static func refuseOthers(_ json: JSONValue, than names: Set<String>, in field: String) throws {
        for member in json.members ?? [] where !names.contains(member.key) {
            throw Wrong(field: "a member of \(field)", expected: names.sorted().joined(separator: ", ") + " only")
        }
    }

    private static func previousSecret(_ json: JSONValue, at field: String) throws -> PreviousSecret {
        guard let name = json["name"]?.string.flatMap({ Label($0) }) else { throw Wrong(field: "\(field).name", expected: "a name of 1 to 32 bytes") }
        guard let secret = json["secret"]?.string else { throw Wrong(field: "\(field).secret", expected: "text") }
        return try PreviousSecret(name: name, secret: Secret(secret))
    }

    private static func moment(_ json: JSONValue?, at field: String) throws -> Timestamp {
        guard let moment = json?.string.flatMap({ Timestamp(iso8601: $0) }) else { throw Wrong(field: field, expected: "a time such as 2026-11-22T10:15:30Z") }
        return moment
    }

    private static func id(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard text.utf8.count == 16, digits.count == 16 else { return nil }
        return stride(from: 0, to: 16, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func version(_ json: JSONValue?, at field: String) throws -> KeyVersion {
        guard let number = json?.integer, let version = UInt32(exactly: number), version > 0 else {
            throw Wrong(field: field, expected: "a whole number from 1 to \(UInt32.max)")
        }
        return KeyVersion(rawValue: version)
    }
}
