import ArgumentParser
import Foundation
import KeyRing
import PreviousImport
import TradingModel

/// Takes over what other programs stored.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Judge what the previous system stored.", subcommands: [Previous.self])

    struct Previous: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read an export of the previous system's database and say what is in it.",
            discussion: """
                The folder holds COLLECTION.json, COLLECTION.jsonl (mongoexport, relaxed or canonical) or COLLECTION.bson (mongodump); two forms of one \
                collection are refused. Read are \(Previous.collections).

                The report says for each what would be taken, which fields are absent and have their default, what a person must look at, and what is \
                refused with file, line and reason; and the realised profit by user to the cent. Tokens are tried with the secrets of the key ring \
                ('signalist keys add --previous-secret NAME') and those in --secrets; no secret is ever shown.

                Only --dry-run is there: nothing is stored yet. docs/importing.md.

                Exit codes: 0 everything can be taken; 1 the folder cannot be read; 3 something is refused; 64 a wrong argument.
                """)

        static let collections = "user, derivapitokens, signalistbotsettings, autotradingsessions, signals and signalistbottrades"

        @Argument(help: "The folder.") var folder: String
        @Flag(help: "Judge and store nothing.") var dryRun = false
        @Flag(help: "One JSON object.") var json = false
        @Option(help: "A private file with NAME=secret a line: BETTER_AUTH_SECRET, ENCRYPTION_KEY.") var secrets: String?
        @Option(help: "A settings file, NAME = value a line; its key ring is tried if there is one.") var config: String?

        func validate() throws {
            guard dryRun else { throw ValidationError("expected --dry-run: this version judges an export and stores nothing") }
        }

        func run() throws {
            let report: ImportReport
            do {
                let ring = try ring()
                var reading = PreviousImport { value in Previous.state(of: value, ring) }
                for file in try CollectionFile.all(in: FileManager.default.contentsOfDirectory(atPath: folder)) {
                    reading.read(file, [UInt8](try Data(contentsOf: URL(filePath: folder).appending(path: file.name), options: .mappedIfSafe)))
                }
                report = reading.finish { if isatty(STDERR_FILENO) == 1 { Terminal.note("reading \($0)") } }
            } catch let error as ValidationError { throw error } catch {
                Terminal.note("\(folder): \((error as? CocoaError).map { $0.localizedDescription } ?? "\(error)")")
                throw ExitCode(1)
            }
            Terminal.line(json ? ImportText.json(report) : ImportText.text(report))
            if !report.refused.isEmpty { throw ExitCode(3) }
        }

        /// The configured ring's secrets of the previous system, and those of the file; a ring of its own if none is there.
        private func ring() throws -> KeyRing {
            let settings: ServerConfiguration
            do { settings = try ServerConfiguration.load(file: config) } catch { throw ValidationError("\(error)") }
            var ring = try Previous.ring(settings)
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
            } catch let error as KeyRingFileError {
                guard case .missing = error else { throw error }
                // It seals nothing here.
                return KeyRing.new(at: Timestamp(seconds: 0))
            }
        }

        private static func state(of value: ImportValue, _ ring: KeyRing) -> PreviousImport.TokenState {
            let text: String?
            if case .text(let stored) = value { text = stored } else if case .text(let stored)? = value["data"] { text = stored } else { text = nil }
            guard let text, let envelope = try? PreviousEnvelope(stored: text) else { return .notSealed }
            guard let opening = try? ring.open(envelope) else { return .unopened }
            return .opened(isCompromised: opening.isCompromised)
        }
    }
}
