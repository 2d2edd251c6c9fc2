import Foundation
import Testing
import TradingModel

@testable import KeyRing

/// Where a ring may come from, and what is refused there.
@Suite struct KeyRingSourceTests {
    let folder: Folder
    let path: String

    init() throws {
        folder = try Folder()
        path = "\(folder.path)/\(KeyRingSource.credentialName)"
        try KeyRingFile.create(path, at: noon)
    }

    @Test func aFileIsMadeOnlyWhenItIsSaidSo() throws {
        let source = KeyRingSource.file("\(folder.path)/other.json")
        #expect(throws: KeyRingFileError.missing(path: "\(folder.path)/other.json")) { try source.load() }
        #expect(try source.load(makingAt: noon).keys.count == 1)
        #expect(source.canBeWritten)
    }

    @Test func aCredentialMayBeReadableByAGroupAndByNobodyElse() throws {
        let source = KeyRingSource.credential(path)
        for mode in [0o400, 0o440, 0o600] {
            try folder.mode(mode, of: KeyRingSource.credentialName)
            #expect(try source.load().keys.count == 1, "\(mode)")
        }
        for mode in [0o444, 0o404, 0o460, 0o620] {
            try folder.mode(mode, of: KeyRingSource.credentialName)
            #expect(throws: KeyRingFileError.self, "\(mode)") { try source.load() }
        }
        #expect(!source.canBeWritten)
    }

    @Test func aCommandPrintsTheRing() throws {
        let source = KeyRingSource.command(["/bin/cat", path])
        #expect(try source.load().keys.map(\.id) == KeyRingFile.load(path).keys.map(\.id))
        #expect(source.description == "command /bin/cat", "its arguments may say where secrets are")
    }

    @Test func aCommandThatFailsIsNamedWithoutWhatItPrinted() throws {
        try folder.write("a secret that is no ring", to: "secret")
        for words in [
            ["/bin/false"], ["/bin/no-such-program"], ["cat", path], ["/bin/cat", "\(folder.path)/secret"], ["/bin/cat", "/dev/zero"], ["/bin/true"],
        ] {
            let error = try #require(throws: KeyRingFileError.self) { try KeyRingSource.command(words).load() }
            #expect(error.description.contains(words[0]) && !error.description.contains("a secret"), "\(error)")
        }
    }

    @Test func aCommandThatDoesNotEndIsGivenUp() throws {
        #expect(throws: KeyRingFileError.self) { try CommandOutput.of(["/usr/bin/tail", "-f", "/dev/null"], seconds: 1) }
    }

    @Test func theEnvironmentHoldsTheRing() throws {
        let text = try String(contentsOfFile: path, encoding: .utf8), source = KeyRingSource.environment("RING")
        #expect(try source.load(environment: ["RING": text]).keys.count == 1)
        #expect(throws: KeyRingFileError.missing(path: "$RING")) { try source.load(environment: [:]) }
        let error = try #require(throws: KeyRingFileError.self) { try source.load(environment: ["RING": "{\"keys\": \"a secret\"}"]) }
        #expect(!error.description.contains("a secret"))
    }

    @Test func anExportComesBackWithItsPassphraseOnly() throws {
        let ring = try KeyRingFile.load(path).addingKey(at: noon).promoting(2).retiring(1).destroying(1, at: noon)
        let phrase = Secret("correct horse battery"), export = "\(folder.path)/export.json"
        try KeyRingExport.write(ring, passphrase: phrase, to: export)
        #expect(try folder.mode(of: "export.json") == 0o600)
        #expect(try KeyRingExport.load(export, passphrase: phrase).keys.map(\.bytes) == ring.keys.map(\.bytes))
        let text = try String(contentsOfFile: export, encoding: .utf8)
        #expect(!text.contains(Base64.standard.text(ring.keys[1].bytes)))
        #expect(throws: KeyRingFileError.self) { try KeyRingExport.load(export, passphrase: Secret("correct horse batterz")) }
        let older = text.replacing("\"ring_epoch\":5", with: "\"ring_epoch\":4")
        #expect(older != text)
        #expect(throws: KeyRingFileError.self, "what is in the clear is authenticated") {
            try KeyRingExport.ring(Array(older.utf8), passphrase: phrase, path: export)
        }
        #expect(throws: KeyRingError.self) { try KeyRingExport.bytes(of: ring, passphrase: Secret("short")) }
        #expect(throws: KeyRingFileError.exists(path: export)) { try KeyRingExport.write(ring, passphrase: phrase, to: export) }
    }
}
