import ArgumentParser
import Foundation
import KeyRing
import PlainJSON
import SQLiteStore
import TradingModel

/// The keys that broker tokens are sealed with: what there is, and the way from one key to the next.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Keep the keys that broker tokens are sealed with.",
        discussion: """
            From one key to the next: add, promote, reseal, retire and, when no backup needs it any more, destroy. Each command can be given again; \
            one that was killed goes on where it was. They work while the server runs and while it does not; sessions trade on. docs/keys.md.

            Exit codes: 0 done; 1 not done, and why is said; 3 done, but something sealed does not open; 64 a wrong argument.
            """,
        subcommands: [
            List.self, Add.self, Promote.self, Reseal.self, Verify.self, Retire.self, Destroy.self, Abort.self, Export.self, Restore.self, CheckRestore.self,
        ])

    /// What every one of them takes.
    struct Common: ParsableArguments {
        @Option(help: "A settings file, NAME = value a line.") var config: String?
        @Flag(help: "One JSON object.") var json = false

        func settings() throws -> ServerConfiguration {
            do { return try ServerConfiguration.load(file: config) } catch { throw ValidationError("\(error)") }
        }

        /// What takes a password asks for it on the terminal, once it turns out to be needed.
        func carryOut(_ request: KeyRequest, _ proof: Proof? = nil) throws {
            var outcome: KeyOutcome
            do {
                let desk = KeyDesk(configuration: try settings())
                outcome = try desk.run(request, with: try proof?.given(), progress: KeyProgress().show)
                if outcome.isPasswordNeeded, let typed = try proof?.asked() { outcome = try desk.run(request, with: typed, progress: KeyProgress().show) }
            } catch let error as ValidationError { throw error } catch { outcome = KeyOutcome(error: error) }
            try say(outcome)
        }

        func say(_ outcome: KeyOutcome) throws {
            if json {
                Terminal.line(String(decoding: outcome.data, as: UTF8.self))
            } else if outcome.code == .failed {
                Terminal.note(outcome.lines.joined(separator: "\n"))
            } else {
                Terminal.line(outcome.lines.joined(separator: "\n"))
            }
            if outcome.code != .done { throw ExitCode(outcome.code.rawValue) }
        }

        func path(_ out: String?) -> String? { out.map { URL(filePath: $0).path } }
    }

    private static let outHelp: ArgumentHelp = "Write the next ring to this new file instead of in its place, for a ring that this command cannot write."

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys, what is sealed with each, and the rotation under way.")
        @OptionGroup var common: Common
        func run() throws { try common.carryOut(.list) }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a new key, drawn by chance. It opens, and seals from 'promote' on.",
            discussion: """
                With --previous-secret NAME a secret of the previous system is read from standard input instead, a line: BETTER_AUTH_SECRET or \
                ENCRYPTION_KEY as its environment had them. Tokens that it sealed open with it.
                """)
        @OptionGroup var common: Common
        @Option(help: "The name of a secret of the previous system, which is read from standard input.") var previousSecret: String?
        @Option(help: outHelp) var out: String?

        func run() throws {
            guard let previousSecret else { return try common.carryOut(.add(out: common.path(out))) }
            guard let name = Label(previousSecret) else { throw ValidationError("--previous-secret \(previousSecret): expected a name of 1 to 32 bytes") }
            guard let line = readLine(), !line.isEmpty else { throw ValidationError("standard input: expected the secret on a line") }
            try common.carryOut(.addPrevious(name: name, secret: Secret(line), out: common.path(out)))
        }
    }

    struct Promote: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let the added key seal. The one before goes on opening.")
        @OptionGroup var common: Common
        @OptionGroup var proof: Proof
        @Flag(help: "Somebody else may know the old key: what it sealed is marked, to be replaced at the broker.") var oldKeyCompromised = false
        @Option(help: outHelp) var out: String?
        func run() throws { try common.carryOut(.promote(isOldCompromised: oldKeyCompromised, out: common.path(out)), proof) }
    }

    struct Reseal: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal everything anew with the primary key, then open everything once more.",
            discussion: "What does not open is listed and left byte for byte.")
        @OptionGroup var common: Common
        @Option(help: "Rows a second at most; as fast as trading allows unless given.") var rate: Int?

        func validate() throws {
            if let rate, !(1...1_000_000).contains(rate) { throw ValidationError("--rate \(rate): expected 1 to 1000000") }
        }
        func run() throws { try common.carryOut(.reseal(rate: rate)) }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Open everything sealed and count it by key.")
        @OptionGroup var common: Common
        @Flag(help: "If everything opens, take a ring that is older than the data for the one there is.") var acceptOlderRing = false
        func run() throws { try common.carryOut(.verify(acceptsOlderRing: acceptOlderRing)) }
    }

    struct Retire: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a key that nothing needs open nothing any more; it is kept.")
        @OptionGroup var common: Common
        @OptionGroup var proof: Proof
        @Argument(help: "The key's version; that of the rotation under way unless given.") var version: UInt32?
        @Flag(help: "Take it back: the key opens again.") var undo = false
        @Option(help: "How many that do not open under any key are left as they are.") var unopened = 0
        @Option(help: outHelp) var out: String?

        func run() throws {
            let key = version.map(KeyVersion.init(rawValue:))
            guard undo else { return try common.carryOut(.retire(key, unopened: unopened, out: common.path(out)), proof) }
            guard let key else { throw ValidationError("--undo: expected the version of a key with it") }
            try common.carryOut(.enable(key, out: common.path(out)), proof)
        }
    }

    struct Destroy: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give up a retired key for ever.",
            discussion: """
                The first call says what is to go and names the key's id; the second, with --confirm, does it. A backup of the data that is older than \
                the reseal opens with this key only: destroy it when the last of them is gone.
                """)
        @OptionGroup var common: Common
        @OptionGroup var proof: Proof
        @Argument(help: "The key's version.") var version: UInt32
        @Option(help: "The key's id, as the first call and 'keys list' name it.") var confirm: String?
        @Option(help: outHelp) var out: String?
        func run() throws { try common.carryOut(.destroy(KeyVersion(rawValue: version), confirm: confirm, out: common.path(out)), proof) }
    }

    struct Abort: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Go back to the old key. What the new one sealed goes on opening.")
        @OptionGroup var common: Common
        @Option(help: outHelp) var out: String?
        func run() throws { try common.carryOut(.abort(out: common.path(out))) }
    }
}

/// `resealed 1200 of 10000` on a terminal, in one place; a line for every tenth otherwise.
private final class KeyProgress {
    private var tenths = 0
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(done: Int, of total: Int) {
        guard total > 0 else { return }
        if isTerminal {
            FileHandle.standardError.write(Data("\rlooked at \(done) of \(total)\(done == total ? "\n" : "")".utf8))
        } else if done * 10 / total > tenths || done == total {
            tenths = done * 10 / total
            Terminal.note("looked at \(done) of \(total)")
        }
    }
}
