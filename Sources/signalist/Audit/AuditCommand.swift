import ArgumentParser
import AuditLog
import Foundation
import KeyRing
import PlainJSON
import SQLiteStore
import TradingModel

/// The log of what was done: reading it, and finding out whether it is still what it was.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read and verify the log of what was done.",
        discussion: """
            Every fact of the journal and every act on keys, people and hooks is an entry, chained to all before it; where the chain stood is kept in a \
            second place, signed. The server may be running. docs/audit.md.

            Exit codes: 0 done; 1 the database or the checkpoints cannot be read; 3 something is not what it was; 64 a wrong argument.
            """,
        subcommands: [Verify.self, List.self])

    struct Common: ParsableArguments {
        @Option(help: "A settings file, NAME = value a line.") var config: String?
        @Flag(help: "One JSON object.") var json = false

        func settings() throws -> ServerConfiguration {
            do { return try ServerConfiguration.load(file: config) } catch { throw ValidationError("\(error)") }
        }

        func reader(_ settings: ServerConfiguration) throws -> AuditReader {
            let path = settings.dataDirectory + "/signalist.sqlite"
            guard FileManager.default.fileExists(atPath: path) else { throw failed("\(path): there is no database") }
            do { return try AuditReader(path) } catch { throw failed("\(error)") }
        }

        /// Says why, and gives the code to end with.
        func failed(_ reason: String) -> ExitCode {
            Terminal.note("signalist audit: \(reason)")
            return ExitCode(1)
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow the log from its first entry, and hold the journal and the checkpoints against it.")
        @OptionGroup var common: Common
        @Option(help: "The file of checkpoints; the settings name one.") var checkpoints: String?

        func run() throws {
            let settings = try common.settings(), reader = try common.reader(settings)
            let file = CheckpointFile(path: checkpoints ?? settings.auditCheckpoints)
            if checkpoints != nil, !FileManager.default.fileExists(atPath: file.path) { throw common.failed("\(file.path): there is no such file") }
            let known: [AuditCheckpoint], unreadable: [Int]
            do { (known, unreadable) = try file.read() } catch { throw common.failed("\(error)") }
            var faults = unreadable.map { "\(file.path), line \($0): no checkpoint" }
            faults += known.filter { !$0.isSigned }.map { "\(file.path): the signature of the checkpoint of entry \($0.sequence) is wrong" }
            let keys = Set(known.map(\.publicKey)).count
            var verification: AuditVerification?
            do {
                let progress = isatty(STDERR_FILENO) == 1
                verification = try reader.verify(known) { done, total in if progress { Terminal.write("\r\(done) of \(total)", to: STDERR_FILENO) } }
                if progress { Terminal.write("\r", to: STDERR_FILENO) }
            } catch let fault as AuditVerification.Fault { faults.append("\(fault)") } catch { throw common.failed("\(error)") }
            say(verification, faults, keys: keys, newest: known.last)
            if !faults.isEmpty { throw ExitCode(3) }
        }

        private func say(_ verification: AuditVerification?, _ faults: [String], keys: Int, newest: AuditCheckpoint?) {
            if common.json {
                var json = JSONWriter()
                json.object { json in
                    json.member("whole", faults.isEmpty)
                    if let verification {
                        json.member("entries", verification.sequence)
                        json.member("facts", verification.facts)
                        json.member("checkpoints", verification.checkpoints)
                    }
                    json.member("signingKeys", keys)
                    json.memberArray("faults") { json in for fault in faults { json.value(fault) } }
                }
                return Terminal.line(json.text)
            }
            for fault in faults { Terminal.line(fault) }
            guard let verification else { return }
            Terminal.line("\(verification.sequence) entries follow one another, and stand for all \(verification.facts) facts of the journal")
            if let newest {
                let agreed = verification.checkpoints == 1 ? "1 checkpoint agrees" : "\(verification.checkpoints) checkpoints agree"
                Terminal.line("\(agreed), signed by \(keys) \(keys == 1 ? "key" : "keys"), the last of \(newest.at)")
            } else {
                Terminal.line("there is no checkpoint yet: that the end was not cut off, nothing shows")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List entries, the newest last.")
        @OptionGroup var common: Common
        @Option(help: "Entries after this number.") var after: Int64 = 0
        @Option(help: "How many at most.") var limit = 1_000
        @Flag(help: "Leave out what the trading loop put on record.") var acts = false

        func validate() throws {
            guard after >= 0 else { throw ValidationError("--after \(after): expected 0 or more") }
            guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit \(limit): expected 1 to 1000000") }
        }

        func run() throws {
            let reader = try common.reader(try common.settings())
            var shown: [AuditEntry] = [], from = after
            do {
                while shown.count < limit {
                    let page = try reader.entries(after: from, limit: 5_000)
                    guard let last = page.last else { break }
                    from = last.sequence
                    shown += page.filter { !acts || $0.action != AuditEntry.facts }.prefix(limit - shown.count)
                }
            } catch { throw common.failed("\(error)") }
            if common.json {
                var json = JSONWriter()
                json.object { json in
                    json.memberArray("entries") { json in
                        for entry in shown {
                            json.object { json in
                                json.member("sequence", entry.sequence)
                                json.member("at", "\(entry.at)")
                                json.member("actor", entry.actor)
                                json.member("action", entry.action)
                                json.member("object", entry.object)
                                json.member("outcome", entry.outcome)
                                json.member("content", entry.content.hexText)
                            }
                        }
                    }
                }
                return Terminal.line(json.text)
            }
            for entry in shown {
                Terminal.line("\(entry.sequence)\t\(entry.at)\t\(entry.actor)\t\(entry.action)\t\(entry.object)\t\(entry.outcome)")
            }
        }
    }
}
