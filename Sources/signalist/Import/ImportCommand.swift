import ArgumentParser
import Foundation
import KeyRing
import KeyRotation
import PreviousImport
import SQLiteStore
import TradingModel

/// Takes over what other programs stored.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take over what the previous system stored.", subcommands: [Previous.self])

    struct Previous: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take over an export of the previous system's database.",
            discussion: """
                The folder holds COLLECTION.json, COLLECTION.jsonl (mongoexport, relaxed or canonical) or COLLECTION.bson (mongodump); two forms of one \
                collection are refused. Read are \(Previous.collections).

                The report says for each what is taken, which fields are absent and have their default, what a person must look at, and what is \
                refused with file, line and reason; and the realised profit by user to the cent. Tokens are tried with the secrets of the key ring \
                ('signalist keys add --previous-secret NAME') and those in --secrets; no secret is ever shown.

                With --dry-run nothing is stored. Without, everything that passed is, while the server does not run: users with their accounts, tokens \
                sealed with the key ring, bot settings, sessions, signals and trades. What is there already stays as it is: the same import again \
                changes nothing, and one that was killed goes on where it was. docs/importing.md.

                Exit codes: 0 everything is taken; 1 the folder or the data cannot be used; 3 something is refused; 64 a wrong argument.
                """)

        static let collections = "user, derivapitokens, signalistbotsettings, autotradingsessions, signals and signalistbottrades"

        @Argument(help: "The folder.") var folder: String
        @Flag(help: "Judge and store nothing.") var dryRun = false
        @Flag(help: "Every session that has not ended awaits a review, not only those with a flag: none buys before a person has said so.") var review = false
        @Flag(help: "One JSON object.") var json = false
        @Option(help: "A private file with NAME=secret a line: BETTER_AUTH_SECRET, ENCRYPTION_KEY.") var secrets: String?
        @Option(help: "A settings file, NAME = value a line; its key ring is tried if there is one.") var config: String?

        func run() throws {
            let settings: ServerConfiguration
            do { settings = try ServerConfiguration.load(file: config) } catch { throw ValidationError("\(error)") }
            if dryRun { return try say(read(ring(settings)).report, nil) }
            let store: SQLiteStore
            do {
                try Folder.make(settings.dataDirectory)
                store = try SQLiteStore.open(settings.dataDirectory + "/signalist.sqlite")
            } catch SQLiteStoreError.inUse(let path) {
                Terminal.note("\(path) is in use: stop the server (or the other command) first, then import again. Nothing was read or stored")
                throw ExitCode(1)
            } catch {
                Terminal.note("\(error)")
                throw ExitCode(1)
            }
            defer { try? store.close() }
            try say(take(into: store, settings))
        }

        private func say(_ taken: (report: ImportReport, stored: [PreviousCollection: Int]?)) throws { try say(taken.report, taken.stored) }

        private func say(_ report: ImportReport, _ stored: [PreviousCollection: Int]?) throws {
            Terminal.line(json ? ImportText.json(report, stored) : ImportText.text(report, stored))
            if !report.refused.isEmpty { throw ExitCode(3) }
        }

        private func take(into store: SQLiteStore, _ settings: ServerConfiguration) throws -> (ImportReport, [PreviousCollection: Int]?) {
            do {
                let keys = try KeyKeeper(settings, store: store) { Terminal.note("warning: \($0)") }
                let ring = try adding(keys.ring)
                var (report, documents) = try read(ring)
                let progress = ImportProgress()
                var storing = try PreviousStoring(
                    store: store, keys: keys, ring: ring, documents: documents, now: WallClock.now(), reviewsAll: review, progress: progress.show)
                try storing.run()
                for user in storing.loginsTaken { report.flag(.loginTaken, "derivapitokens", id: user) }
                return (report, storing.stored)
            } catch let error as ValidationError { throw error } catch let exit as ExitCode { throw exit } catch {
                Terminal.note("\(error)")
                throw ExitCode(1)
            }
        }

        private func read(_ ring: KeyRing) throws -> (report: ImportReport, documents: [PreviousCollection: [ImportedDocument]]) {
            do {
                var reading = PreviousImport { value in Previous.state(of: value, ring) }
                for file in try CollectionFile.all(in: FileManager.default.contentsOfDirectory(atPath: folder)) {
                    reading.read(file, [UInt8](try Data(contentsOf: URL(filePath: folder).appending(path: file.name), options: .mappedIfSafe)))
                }
                let report = reading.finish { if isatty(STDERR_FILENO) == 1 { Terminal.note("reading \($0)") } }
                return (report, reading.documents)
            } catch {
                Terminal.note("\(folder): \((error as? CocoaError).map { $0.localizedDescription } ?? "\(error)")")
                throw ExitCode(1)
            }
        }

        /// The configured ring's secrets of the previous system, and those of the file; a ring of its own if none is there.
        private func ring(_ settings: ServerConfiguration) throws -> KeyRing {
            do { return try adding(Previous.ring(settings)) } catch let error as ValidationError { throw error } catch {
                Terminal.note("\(error)")
                throw ExitCode(1)
            }
        }

        /// With the secrets of the file.
        private func adding(_ ring: KeyRing) throws -> KeyRing {
            var ring = ring
            guard let secrets else { return ring }
            guard let text = try? String(contentsOfFile: secrets, encoding: .utf8) else {
                throw ValidationError("--secrets \(secrets): expected a file that can be read")
            }
            for (number, line) in text.split(separator: "\n").enumerated() {
                let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2, let name = Label(parts[0]) else { throw ValidationError("--secrets, line \(number + 1): expected NAME=secret") }
                // The public default is tried anyway.
                if let secret = try? PreviousSecret(name: name, secret: Secret(parts[1])) { ring = try ring.addingPrevious(secret) }
            }
            return ring
        }

        private static func ring(_ settings: ServerConfiguration) throws -> KeyRing {
            do {
                return try settings.keyRingSource.load(environment: settings.keyRingEnvironment)
            } catch {
                guard case .missing = error else { throw error }
                // It seals nothing here.
                return KeyRing.new(at: Timestamp(seconds: 0))
            }
        }

        private static func state(of value: ImportValue, _ ring: KeyRing) -> PreviousImport.TokenState {
            guard let text = ImportedDocument.tokenText(value), let envelope = try? PreviousEnvelope(stored: text) else { return .notSealed }
            guard let opening = try? ring.open(envelope) else { return .unopened }
            return .opened(isCompromised: opening.isCompromised)
        }
    }
}

/// How far storing has come, on a terminal.
private final class ImportProgress {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(done: Int, of total: Int) {
        if isTerminal { Terminal.write("\rtaking over \(done) of \(total)\(done == total ? "\n" : "")", to: STDERR_FILENO) }
    }
}
