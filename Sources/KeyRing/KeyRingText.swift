import PlainJSON
import TradingModel

/// The text of a key ring file:
///
///     {"ring_epoch": 1, "keys": [{"version": 1, "key": "…base64…", "created": "2026-11-22T10:15:30.000Z", "state": "enabled"}], "primary": 1}
enum KeyRingText {
    static func bytes(of ring: KeyRing) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("ring_epoch", ring.epoch)
            json.memberArray("keys") { json in
                for key in ring.keys {
                    json.object { json in
                        json.member("version", key.version.rawValue)
                        json.member("key", Base64.standard.text(key.bytes))
                        json.member("created", key.created.description)
                        json.member("state", key.state.rawValue)
                    }
                }
            }
            json.member("primary", ring.primary.rawValue)
        }
        return json.bytes + [0x0a]
    }

    /// - Throws: `malformed` with the field that is wrong, never with its value, which may be a key.
    static func ring(_ bytes: [UInt8], path: String) throws(KeyRingFileError) -> KeyRing {
        do {
            let json = try JSONValue.parse(bytes)
            guard let epoch = json["ring_epoch"]?.integer else { throw Wrong(field: "ring_epoch", expected: "a whole number") }
            guard let list = json["keys"]?.array else { throw Wrong(field: "keys", expected: "a list") }
            let keys = try list.enumerated().map { try key($1, at: "keys[\($0)]") }
            return try KeyRing(epoch: epoch, keys: keys, primary: version(json["primary"], at: "primary"))
        } catch let error as JSONError {
            throw .malformed(path: path, "it is no JSON: \(reason(error))")
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

    private static func key(_ json: JSONValue, at field: String) throws -> RingKey {
        guard let bytes = json["key"]?.string.flatMap(Base64.standard.bytes) else { throw Wrong(field: "\(field).key", expected: "32 bytes in base64") }
        guard let created = json["created"]?.string.flatMap({ Timestamp(iso8601: $0) }) else {
            throw Wrong(field: "\(field).created", expected: "a time such as 2026-11-22T10:15:30Z")
        }
        guard let state = json["state"]?.string.flatMap(KeyState.init) else {
            throw Wrong(field: "\(field).state", expected: KeyState.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return try RingKey(version: version(json["version"], at: "\(field).version"), bytes: bytes, created: created, state: state)
    }

    private static func version(_ json: JSONValue?, at field: String) throws -> KeyVersion {
        guard let number = json?.integer, let version = UInt32(exactly: number), version > 0 else {
            throw Wrong(field: field, expected: "a whole number from 1 to \(UInt32.max)")
        }
        return KeyVersion(rawValue: version)
    }

    /// Where the JSON breaks, without its text.
    private static func reason(_ error: JSONError) -> String {
        switch error {
        case .malformed(let byte): "it breaks at byte \(byte)"
        case .numberTooLong(let byte): "the number at byte \(byte) is too long"
        case .tooDeep(let byte): "it is nested too deep at byte \(byte)"
        case .duplicateKey: "a key stands twice in one object"
        case .invalidUTF8(let byte): "the text at byte \(byte) is no UTF-8"
        }
    }
}
