import ArgumentParser
import Foundation
import KeyRing
import KeyRotation
import SQLiteStore
import TradingModel
import TradingPorts

// Copies of the ring and of the data: what they are good for is tried here, before they are needed.
extension KeysCommand {
    /// A passphrase from a private file or, asked for, from the terminal.
    struct Passphrase: ParsableArguments {
        @Option(help: "A file, mode 0600, whose first line is the passphrase; asked for on the terminal unless given.") var passphraseFile: String?

        func secret() throws -> Secret {
            if let passphraseFile {
                guard let text = try? String(contentsOfFile: passphraseFile, encoding: .utf8), let line = text.split(separator: "\n").first else {
                    throw ValidationError("--passphrase-file \(passphraseFile): expected a file with the passphrase on its first line")
                }
                return Secret(String(line))
            }
            guard isatty(STDIN_FILENO) == 1, let typed = getpass("Passphrase: ") else {
                throw ValidationError("there is no terminal to ask for the passphrase: give --passphrase-file")
            }
            return Secret(String(cString: typed))
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write the key ring to a file, sealed with a passphrase, for safe keeping.")
        @OptionGroup var common: Common
        @OptionGroup var passphrase: Passphrase
        @OptionGroup var proof: Proof
        @Argument(help: "The new file, in a folder of mode 0700.") var file: String

        func run() throws {
            let settings = try common.settings(), given = try proof.given(), secret = try passphrase.secret(), source = settings.keyRingSource
            try KeysCommand.attempt(common) {
                let ring = try source.load(environment: settings.keyRingEnvironment)
                // On the audit log first: no copy of the keys is made that it does not know. Without a database there is no log yet.
                if FileManager.default.fileExists(atPath: settings.dataDirectory + "/signalist.sqlite") {
                    let desk = KeyDesk(configuration: settings)
                    var noted = try desk.run(.export, with: given) { _, _ in }
                    if noted.isPasswordNeeded, let typed = try proof.asked() { noted = try desk.run(.export, with: typed) { _, _ in } }
                    if noted.code == .failed { return noted }
                }
                try KeyRingExport.write(ring, passphrase: secret, to: file)
                return .ring(ring, ["the key ring of epoch \(ring.epoch), \(ring.keys.count) keys, is in \(file), sealed with the passphrase"], out: nil)
            }
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put an exported key ring where the settings say it is; never over one that is there.")
        @OptionGroup var common: Common
        @OptionGroup var passphrase: Passphrase
        @Argument(help: "The exported file.") var file: String

        func run() throws {
            let settings = try common.settings(), secret = try passphrase.secret(), source = settings.keyRingSource
            guard case .file(let path) = source else { throw ValidationError("the key ring comes from the \(source), which this command cannot write") }
            try KeysCommand.attempt(common, "restore", of: settings) { object in
                let ring = try KeyRingExport.load(file, passphrase: secret)
                try KeyRingFile.put(ring, at: path)
                object = "epoch \(ring.epoch), \(ring.keys.count) keys"
                return .ring(ring, ["the key ring of epoch \(ring.epoch), \(ring.keys.count) keys, is in \(path)"], out: nil)
            }
        }
    }

    struct CheckRestore: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try whether a copy of the data opens with a key ring, before a server starts on it.",
            discussion: """
                The copy is not written. It names the keys that the copy needs and everything that does not open. What came of it is put on the audit log \
                of the database that the settings name, when there is one.
                """)
        @OptionGroup var common: Common
        @Argument(help: "The database file of the copy.") var database: String
        @Option(help: "A key ring file to try; the one that the settings name unless given.") var ring: String?

        func run() throws {
            let settings = try common.settings(), source = ring.map(KeyRingSource.file) ?? settings.keyRingSource
            try KeysCommand.attempt(common, "check-restore", of: settings) { object in
                let ring = try source.load(environment: settings.keyRingEnvironment), copy = try StoreCopy.open(database)
                let census = try KeyKeeper.census(of: copy, instance: copy.instanceID, ring: ring)
                object = "\(census.total) sealed, \(census.unopened.count) do not open with the ring of epoch \(ring.epoch)"
                return .census(census, ring)
            }
        }
    }

    /// Says what came of it, an error too.
    fileprivate static func attempt(_ common: Common, _ body: () throws -> KeyOutcome) throws {
        let outcome: KeyOutcome
        do { outcome = try body() } catch { outcome = KeyOutcome(error: error) }
        try common.say(outcome)
    }

    /// The same, and puts it on the audit log. What is done is done, whether that can be entered or not.
    /// - Parameter body: says what it was done upon, once it knows.
    fileprivate static func attempt(
        _ common: Common, _ name: String, of settings: ServerConfiguration, _ body: (_ object: inout String) throws -> KeyOutcome
    ) throws {
        var object = "", outcome: KeyOutcome
        do { outcome = try body(&object) } catch { outcome = KeyOutcome(error: error) }
        do { try KeyDesk(configuration: settings).report(.report(name: name, object: object, outcome: "\(outcome.code)")) } catch {
            Terminal.note("warning: the audit log was not written: \(error)")
        }
        try common.say(outcome)
    }
}
