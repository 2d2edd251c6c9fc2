import Crypto
import CryptoExtras
import PlainJSON
public import TradingModel

/// A key ring for safe keeping: sealed with a passphrase. Never in the clear, for a copy of the ring beside a copy of the
/// data is no secret any more.
///
///     {"signalist_key_ring_export": 1, "ring_epoch": 3, "kdf": "scrypt", "n": 131072, "r": 8, "p": 1, "salt": "…", "sealed": "…"}
///
/// `sealed` is AES-256-GCM of the ring's text, nonce and tag with it; everything before it is authenticated.
public enum KeyRingExport {
    /// What is shorter is guessed by a machine.
    public static let shortestPassphrase = 12

    private static let rounds = 131_072

    /// - Throws: `invalidRing` when the passphrase is too short.
    public static func bytes(of ring: KeyRing, passphrase: Secret) throws(KeyRingError) -> [UInt8] {
        guard passphrase.reveal({ $0.utf8.count }) >= shortestPassphrase else {
            throw .invalidRing("the passphrase is too short, expected \(shortestPassphrase) bytes at least")
        }
        let salt = Chance.bytes(32), key = derive(passphrase, salt)
        // Its text is short and its nonce made by it: AES-GCM has nothing to refuse.
        let box = try! AES.GCM.seal(KeyRingText.bytes(of: ring), using: key, authenticating: head(epoch: ring.epoch, salt: salt))
        var json = JSONWriter()
        json.object { json in
            write(epoch: ring.epoch, salt: salt, to: &json)
            json.member("sealed", Base64.standard.text(Array(box.combined!)))
        }
        return json.bytes + [0x0a]
    }

    /// Writes it to a private file that is not there yet.
    public static func write(_ ring: KeyRing, passphrase: Secret, to path: String) throws {
        try KeyRingFile.put(bytes(of: ring, passphrase: passphrase), at: path)
    }

    /// - Throws: `malformed`, also when the passphrase is another.
    public static func ring(_ bytes: [UInt8], passphrase: Secret, path: String) throws(KeyRingFileError) -> KeyRing {
        guard let json = try? JSONValue.parse(bytes), json["signalist_key_ring_export"]?.integer == 1, let epoch = json["ring_epoch"]?.integer,
            json["kdf"]?.string == "scrypt", json["n"]?.integer == Int64(rounds), json["r"]?.integer == 8, json["p"]?.integer == 1,
            let salt = json["salt"]?.string.flatMap(Base64.standard.bytes), salt.count == 32,
            let sealed = json["sealed"]?.string.flatMap(Base64.standard.bytes), let box = try? AES.GCM.SealedBox(combined: sealed)
        else { throw .malformed(path: path, "it is no export of a key ring") }
        guard let text = try? AES.GCM.open(box, using: derive(passphrase, salt), authenticating: head(epoch: epoch, salt: salt)) else {
            throw .malformed(path: path, "the passphrase is another, or the file was changed")
        }
        return try KeyRingText.ring(Array(text), path: path)
    }

    /// The ring in an exported file.
    public static func load(_ path: String, passphrase: Secret) throws(KeyRingFileError) -> KeyRing {
        try ring(try KeyRingFile.read(path, as: .own), passphrase: passphrase, path: path)
    }

    private static func write(epoch: Int64, salt: [UInt8], to json: inout JSONWriter) {
        json.member("signalist_key_ring_export", 1)
        json.member("ring_epoch", epoch)
        json.member("kdf", "scrypt")
        json.member("n", rounds)
        json.member("r", 8)
        json.member("p", 1)
        json.member("salt", Base64.standard.text(salt))
    }

    private static func head(epoch: Int64, salt: [UInt8]) -> [UInt8] {
        var json = JSONWriter()
        json.object { write(epoch: epoch, salt: salt, to: &$0) }
        return json.bytes
    }

    /// Half a second and 128 MiB: a guess is dear.
    private static func derive(_ passphrase: Secret, _ salt: [UInt8]) -> SymmetricKey {
        try! KDF.Scrypt.deriveKey(
            from: passphrase.reveal { Array($0.utf8) }, salt: salt, outputByteCount: 32, rounds: rounds, blockSize: 8, parallelism: 1,
            maxMemory: 256 << 20)
    }
}
