import Foundation
import Testing
import TradingModel

@testable import KeyRing

/// A directory of its own for one test, removed with it.
final class Folder {
    let path: String
    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "key-ring-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }  // what is left over is in the temporary directory

    func mode(_ mode: Int, of name: String = "") throws { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)") }
    func mode(of name: String) throws -> Int? { try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int }
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
        try mode(0o600, of: name)
    }
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

@Suite struct KeyRingFileTests {
    let folder: Folder
    let path: String

    init() throws {
        folder = try Folder()
        path = "\(folder.path)/keys.json"
    }

    // MARK: Right

    @Test func aNewRingIsReadBack() throws {
        let made = try KeyRingFile.create(path, at: noon)
        let read = try KeyRingFile.load(path)
        #expect(read.keys.map(\.bytes) == made.keys.map(\.bytes))
        #expect(read.keys.map(\.created) == [noon])
        #expect((read.epoch, read.primary) == (1, KeyVersion(rawValue: 1)))
        #expect(try read.open(made.seal(token, for: .fixture()), for: .fixture()) == token)
    }

    @Test func aNewRingIsPrivateAndLeavesNothingBeside() throws {
        let inside = "\(folder.path)/keys/ring.json"
        try KeyRingFile.create(inside, at: noon)
        #expect(try folder.mode(of: "keys") == 0o700)
        #expect(try folder.mode(of: "keys/ring.json") == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/keys") == ["ring.json"])
    }

    @Test func aRingIsMadeOnce() throws {
        let first = try KeyRingFile.loadOrCreate(path, at: noon)
        let second = try KeyRingFile.loadOrCreate(path, at: noon)
        #expect(first.keys[0].id == second.keys[0].id)
        #expect(throws: KeyRingFileError.exists(path: path)) { try KeyRingFile.create(path, at: noon) }
        #expect(try folder.names == ["keys.json"])
    }

    @Test func aRotatedRingReplacesAndKeepsThePrevious() throws {
        let first = try KeyRingFile.create(path, at: noon)
        let second = try first.addingKey(at: noon).promoting(2)
        #expect(throws: KeyRingFileError.stale(path: path, stored: 1, offered: 3)) { try KeyRingFile.replace(path, with: second) }
        let next = try first.addingKey(at: noon)
        try KeyRingFile.replace(path, with: next)
        #expect(try KeyRingFile.load(path).keys.map(\.id) == next.keys.map(\.id))
        #expect(try KeyRingFile.load(path + ".previous").keys.map(\.id) == first.keys.map(\.id))
        #expect(throws: KeyRingFileError.stale(path: path, stored: 2, offered: 2), "somebody rotated meanwhile") {
            try KeyRingFile.replace(path, with: first.addingKey(at: noon))
        }
        try KeyRingFile.replace(path, with: next.promoting(2))
        #expect(try KeyRingFile.load(path).keys.map(\.state) == [.enabled, .primary])
        #expect(try folder.names == ["keys.json", "keys.json.previous"])
    }

    @Test func everyStateOfAKeyIsReadBack() throws {
        var ring = try KeyRingFile.create(path, at: noon)
        func change(_ replaced: KeyRingFile.Replaced = .kept, _ next: (KeyRing) throws(KeyRingError) -> KeyRing) throws {
            ring = try next(ring)
            try KeyRingFile.replace(path, with: ring, replaced)
            let read = try KeyRingFile.load(path)
            #expect(read.epoch == ring.epoch && read.primary == ring.primary && read.keys.map(\.id) == ring.keys.map(\.id))
            #expect(read.keys.map(\.state) == ring.keys.map(\.state) && read.keys.map(\.isCompromised) == ring.keys.map(\.isCompromised))
            #expect(read.keys.map(\.bytes) == ring.keys.map(\.bytes) && read.keys.map(\.destroyed) == ring.keys.map(\.destroyed))
            #expect(read.previousSecrets.map(\.name) == ring.previousSecrets.map(\.name))
        }
        try change { ring throws(KeyRingError) in try ring.addingKey(at: noon) }
        try change { ring throws(KeyRingError) in try ring.compromising(1) }
        try change { ring throws(KeyRingError) in try ring.promoting(2) }
        try change { ring throws(KeyRingError) in try ring.addingPrevious(PreviousSecret(name: Label("ENCRYPTION_KEY")!, secret: Secret("\"quoted\""))) }
        try change { ring throws(KeyRingError) in try ring.retiring(1) }
        try change(.wiped) { ring throws(KeyRingError) in try ring.destroying(1, at: noon) }
        #expect(ring.keys.map(\.state) == [.destroyed, .primary])
        #expect(try folder.names == ["keys.json"], "nothing beside it holds the destroyed key")
    }

    @Test func aDestroyedKeyIsWrittenOverWhereItLay() throws {
        let ring = try KeyRingFile.create(path, at: noon).addingKey(at: noon)
        try KeyRingFile.replace(path, with: ring)
        let old = try #require(FileHandle(forReadingAtPath: path)), older = try #require(FileHandle(forReadingAtPath: path + ".previous"))
        try KeyRingFile.replace(path, with: ring.destroying(2, at: noon), .wiped)
        for file in [old, older] {
            let bytes = try file.readToEnd() ?? Data()
            #expect(!bytes.isEmpty && bytes.allSatisfy { $0 == 0 })
        }
    }

    @Test func everyChangedByteOfAWrittenRingIsNoticed() throws {
        try KeyRingFile.create(path, at: noon)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        for place in bytes.indices.dropLast() {
            var changed = bytes
            changed[place] ^= 1
            // White space may change into other white space; nothing else.
            let isRead = (try? KeyRingText.ring(changed, path: path)) != nil
            #expect(!isRead, "byte \(place), \(Character(UnicodeScalar(bytes[place])))")
        }
    }

    @Test func theFirstFormOfTheFileIsRead() throws {
        try folder.write(
            """
            {"ring_epoch": 2, "keys": [{"version": 1, "key": "\(Self.goodKey)", "created": "2026-11-22T12:00:00Z", "state": "enabled"},
             {"version": 2, "key": "\(Base64.standard.text(RingKey.fixture(2).bytes))", "created": "2026-11-22T12:00:00Z", "state": "enabled"}], "primary": 2}
            """, to: "keys.json")
        #expect(try KeyRingFile.load(path).keys.map(\.state) == [.enabled, .primary])
    }

    // MARK: Wrong

    @Test func aMissingFileOrDirectoryIsNamed() {
        #expect(throws: KeyRingFileError.missing(path: path)) { try KeyRingFile.load(path) }
        #expect(throws: KeyRingFileError.missing(path: "\(folder.path)/no")) { try KeyRingFile.load("\(folder.path)/no/keys.json") }
        #expect(throws: KeyRingFileError.self, "a directory without a name in it") { try KeyRingFile.load("\(folder.path)/") }
    }

    @Test(arguments: [0o644, 0o640, 0o660, 0o604, 0o601, 0o700, 0o4600])
    func aFileThatOthersMayTouchIsRefused(mode: Int) throws {
        try KeyRingFile.create(path, at: noon)
        try folder.mode(mode, of: "keys.json")
        let error = KeyRingFileError.wrongMode(path: path, found: UInt32(mode), expected: "0600")
        #expect(throws: error) { try KeyRingFile.load(path) }
        let octal = String(mode, radix: 8)
        #expect(error.description == "\(path): its mode is \(octal.count == 3 ? "0" : "")\(octal), expected 0600")
    }

    @Test func aFileThatNobodyMayWriteIsFine() throws {
        try KeyRingFile.create(path, at: noon)
        try folder.mode(0o400, of: "keys.json")
        #expect(try KeyRingFile.load(path).epoch == 1)
    }

    @Test(arguments: [0o755, 0o750, 0o701, 0o770])
    func aDirectoryThatOthersMayEnterIsRefused(mode: Int) throws {
        try KeyRingFile.create(path, at: noon)
        try folder.mode(mode)
        let error = KeyRingFileError.wrongMode(path: folder.path, found: UInt32(mode), expected: "0700, for this user alone")
        #expect(throws: error) { try KeyRingFile.load(path) }
        #expect(throws: error) { try KeyRingFile.create(path + "2", at: noon) }
    }

    @Test func aSymbolicLinkIsRefused() throws {
        try KeyRingFile.create(path, at: noon)
        let link = "\(folder.path)/link.json"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(throws: KeyRingFileError.notAFile(path: link, found: "a symbolic link")) { try KeyRingFile.load(link) }
        #expect(throws: KeyRingFileError.exists(path: link)) { try KeyRingFile.create(link, at: noon) }
    }

    @Test func aDirectoryOrAPipeIsRefused() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        #expect(throws: KeyRingFileError.notAFile(path: path, found: "no regular file")) { try KeyRingFile.load(path) }
        let pipe = "\(folder.path)/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(throws: KeyRingFileError.notAFile(path: pipe, found: "no regular file")) { try KeyRingFile.load(pipe) }
    }

    @Test(.enabled(if: geteuid() == 0, "giving a file away takes root"))
    func aFileOfAnotherUserIsRefused() throws {
        try KeyRingFile.create(path, at: noon)
        try #require(chown(path, 65_534, 65_534) == 0)
        #expect(throws: KeyRingFileError.wrongOwner(path: path, found: 65_534, expected: 0)) { try KeyRingFile.load(path) }
        try #require(chown(path, 0, 0) == 0 && chown(folder.path, 65_534, 65_534) == 0)
        #expect(throws: KeyRingFileError.wrongOwner(path: folder.path, found: 65_534, expected: 0)) { try KeyRingFile.load(path) }
    }

    static let goodKey = Base64.standard.text(RingKey.fixture(1).bytes)

    /// A ring's text with one thing changed.
    static func text(
        epoch: String = "1", key: String = "\"\(goodKey)\"", created: String = "\"2026-11-22T12:00:00Z\"",
        state: String = "\"enabled\"", version: String = "1", primary: String = "1"
    ) -> String {
        "{\"ring_epoch\": \(epoch), \"keys\": [{\"version\": \(version), \"key\": \(key), \"created\": \(created), \"state\": \(state)}], \"primary\": \(primary)}"
    }

    @Test func aRingWrittenByHandIsRead() throws {
        try folder.write(Self.text(), to: "keys.json")
        #expect(try KeyRingFile.load(path).keys[0].bytes == RingKey.fixture(1).bytes)
    }

    @Test(arguments: [
        ("", "it is no JSON"), ("{", "it is no JSON"), ("[]", "ring_epoch"), ("{}", "ring_epoch"), ("{\"ring_epoch\": 1}", "keys"),
        (text(epoch: "1.5"), "ring_epoch"), (text(epoch: "0"), "epoch"), (text(epoch: "1, \"ring_epoch\": 2"), "a key stands twice"),
        (text(key: "7"), "keys[0].key"), (text(key: "\"%%%\""), "keys[0].key"), (text(key: "\"AAAA\""), "it has 3 bytes"),
        (text(key: "\"\(String(repeating: "A", count: 43))=\""), "all its bytes are equal"),
        (text(created: "\"yesterday\""), "keys[0].created"), (text(state: "\"retired\""), "keys[0].state"),
        (text(version: "0"), "keys[0].version"), (text(version: "4294967296"), "keys[0].version"), (text(version: "\"1\""), "keys[0].version"),
        (text(primary: "2"), "no key of the primary version 2"), (text(primary: "null"), "primary"), (text(state: "\"disabled\""), "disabled"),
        (text() + "x", "it is no JSON"),
    ])
    func whatIsNoRingIsNamedWithoutItsKeys(text: String, reason: String) throws {
        try folder.write(text, to: "keys.json")
        let error = try #require(throws: KeyRingFileError.self) { try KeyRingFile.load(path) }
        #expect(error.description.hasPrefix("\(path): it is no key ring: ") && error.description.contains(reason), "\(error)")
        #expect(!error.description.contains(Self.goodKey))
    }

    @Test func aHugeFileIsRefusedUnread() throws {
        try folder.write(String(repeating: " ", count: 1 << 20 + 1), to: "keys.json")
        #expect(throws: KeyRingFileError.self) { try KeyRingFile.load(path) }
    }
}
