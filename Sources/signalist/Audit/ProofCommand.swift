import ArgumentParser
import AuditLog
import Foundation
import KeyRing
import PlainJSON
import SQLiteStore
import TradingModel

/// One file that shows what was recorded about a trade, and its verifier.
struct ProofCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof", abstract: "Make and verify the file that proves a trade.",
        discussion: """
            The file holds what the signal came in, the decision with its numbers, the intent, the broker's answer, the settlement, and the piece of the \
            audit log from there to a signed checkpoint. To verify it needs neither a database nor a server. docs/audit.md.
            """,
        subcommands: [Make.self, Verify.self], defaultSubcommand: Make.self)

    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put together the proof of a trade.",
            discussion: "Exit codes: 0 done; 1 it cannot be read, or there is no such trade; 64 a wrong argument.")
        @Argument(help: "The trade: session, point, signal.") var trade: String
        @Option(help: "Where to write it, instead of to the output.") var out: String?
        @Option(help: "The file of checkpoints; the settings name one.") var checkpoints: String?
        @OptionGroup var common: AuditCommand.Common

        func run() throws {
            guard let id = IntentID(trade) else { throw ValidationError("\(trade): expected a session's number, a point and 32 hexadecimal digits") }
            let settings = try common.settings(), reader = try common.reader(settings)
            let proof: TradeProof?
            do {
                let known = try CheckpointFile(path: checkpoints ?? settings.auditCheckpoints).read().checkpoints
                proof = try reader.proof(of: id, checkpoints: known, at: WallClock.now())
            } catch { throw common.failed("\(error)") }
            guard let proof = proof?.stated(by: signer(settings), otherwise: "\(settings.keyRingSource) could not be read, so nobody signed") else {
                throw common.failed("there is no trade \(trade) of this server's own")
            }
            let text = String(decoding: proof.bytes, as: UTF8.self)
            guard let out else { return Terminal.line(text) }
            do { try Data((text + "\n").utf8).write(to: URL(filePath: out)) } catch { throw common.failed("\(out): it cannot be written (\(error))") }
            Terminal.note("\(out): \(proof.state)\(proof.missing.isEmpty ? "" : ", still missing: \(proof.missing.map(\.what).joined(separator: ", "))")")
        }

        /// The server's own, from the ring that the settings name.
        private func signer(_ settings: ServerConfiguration) -> AuditSigner? {
            (try? settings.keyRingSource.load(environment: settings.keyRingEnvironment)).flatMap(AuditSigner.init)
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify such a file, from itself alone.",
            discussion:
                "Exit codes: 0 all of it holds; 1 it cannot be read; 3 something does not hold; 4 nothing is wrong, but something is missing; 64 a wrong argument."
        )
        @Argument(help: "The file.") var file: String
        @Option(help: "The key that has to have signed, 64 hexadecimal digits; again for each key that the ring had.") var publicKey: [String] = []
        @Flag(help: "One JSON object.") var json = false

        func run() throws {
            let keys = try publicKey.map { text in
                guard let bytes = [UInt8](hexDigits: text), bytes.count == 32 else {
                    throw ValidationError("--public-key \(text): expected 64 hexadecimal digits")
                }
                return bytes
            }
            let proof: TradeProof
            do { proof = try ProofFile.read(file) } catch {
                Terminal.note("signalist proof: \(file): \(error)")
                throw ExitCode(1)
            }
            let found = ProofVerification(proof, publicKeys: keys) { $0.line }
            say(found, proof, isKeyGiven: !keys.isEmpty)
            if !found.isRight { throw ExitCode(3) }
            if !found.isComplete { throw ExitCode(4) }
        }

        private func say(_ found: ProofVerification, _ proof: TradeProof, isKeyGiven: Bool) {
            if json {
                var json = JSONWriter()
                json.object { json in
                    json.member("trade", proof.trade)
                    json.member("holds", found.isRight)
                    json.member("complete", found.isComplete)
                    json.member("keyGiven", isKeyGiven)
                    json.memberArray("signers") { json in for signer in found.signers { json.value(signer.hexText) } }
                    json.memberArray("checks") { json in
                        for check in found.checks {
                            json.object { json in
                                json.member("name", check.name)
                                json.member("holds", check.isRight)
                                json.member("says", check.says)
                            }
                        }
                    }
                    json.memberArray("missing") { json in for missing in found.missing { json.value(missing.what) } }
                }
                return Terminal.line(json.text)
            }
            Terminal.line("trade \(proof.trade)")
            for check in found.checks {
                let name = check.name.padding(toLength: 10, withPad: " ", startingAt: 0)
                Terminal.line("  \(check.isRight ? "holds" : "WRONG")  \(name) \(check.says)")
            }
            for signer in found.signers { Terminal.line("  signed by \(signer.hexText)\(isKeyGiven ? "" : ", which the file itself names: compare it")") }
            for missing in found.missing { Terminal.line("  missing  \(missing.what): \(missing.says)") }
            if let by = proof.nextCheckpointBy { Terminal.line("  the next checkpoint comes by \(by) while the server runs; then make the file anew") }
        }
    }
}

enum ProofFile {
    static func read(_ path: String) throws -> TradeProof {
        guard let data = FileManager.default.contents(atPath: path) else { throw CheckpointError(path: path, reason: "it cannot be read") }
        guard data.count <= TradeProof.bytesMost else { throw CheckpointError(path: path, reason: "it is larger than \(TradeProof.bytesMost) bytes") }
        return try TradeProof(Array(data))
    }
}
