import ArgumentParser
import Foundation
import KeyRotation
import People
import PlainJSON
import SQLiteStore
import TradingModel
import TradingPorts

/// Which admin gives a command about keys, with the password. Where an admin has one, what changes which key seals or opens, or makes a copy of
/// the keys, is done by an admin and not by whoever sits at the machine; the audit log then names the person.
struct KeyProof: Sendable {
    let email: String
    let password: Secret

    init(email: String, password: Secret) { (self.email, self.password) = (email, password) }

    /// As it came with a command; nil when none did.
    init?(_ line: [UInt8]) {
        guard let json = try? JSONValue.parse(line), let email = json["as"]?.string, let password = json["password"]?.string else { return nil }
        self.init(email: email, password: Secret(password))
    }
}

enum KeyProofRefusal: Error, CustomStringConvertible {
    case needed, wrong
    /// The ring lacks the key of the password's seal.
    case unopened(OwnerID)

    var description: String {
        switch self {
        case .needed: "it takes an admin's password: --as ADDRESS, and --password-file FILE where there is no terminal"
        case .wrong: "that is no admin's address and password"
        case .unopened(let person): "the password of person \(person) does not open with this key ring: 'signalist keys abort', or bring back the key"
        }
    }
}

extension KeyRequest {
    /// `add` and `reseal` change nothing that opens; `abort` and `verify` are the way out when passwords do not open any more.
    var takesPassword: Bool {
        switch self {
        case .promote, .retire, .enable, .destroy, .export: true
        case .list, .add, .addPrevious, .reseal, .verify, .abort, .report: false
        }
    }
}

/// Whoever has the database asks for the password.
struct KeyGate {
    let store: SQLiteStore
    let keeper: KeyKeeper

    /// Who is entered as the one who did it.
    /// - Throws: `KeyProofRefusal`.
    func actor(of request: KeyRequest, _ proof: KeyProof?) throws -> String {
        guard request.takesPassword else { return "host" }
        let admins = try store.everybody().filter { $0.role == .admin && $0.disabledAt == nil && $0.forgottenAt == nil && $0.password != nil }
        if admins.isEmpty { return "host" }
        guard let proof else { throw KeyProofRefusal.needed }
        guard let email = Email(proof.email), let admin = admins.first(where: { $0.email == email }), try isRight(proof.password, of: admin) else {
            // Whoever may ask reads the database anyway; this is against guessing in passing.
            sleep(1)
            throw KeyProofRefusal.wrong
        }
        return "person \(admin.id) on this machine"
    }

    private func isRight(_ password: Secret, of admin: Person) throws -> Bool {
        guard let stored = admin.password else { return false }
        let hash: String
        do { hash = try SealedPassword.bytes(stored).map { try keeper.open($0, hook: SealedPassword.place, owner: admin.id).reveal { $0 } } ?? stored } catch {
            throw KeyProofRefusal.unopened(admin.id)
        }
        return try PasswordHash.isRight(password, for: hash)
    }
}

extension KeysCommand {
    /// From the arguments, or asked for on the terminal when it is needed.
    struct Proof: ParsableArguments {
        @Option(name: .customLong("as"), help: "The address of the admin who does it; needed once an admin has a password.") var admin: String?
        @Option(help: "A file, mode 0600, whose first line is that admin's password; asked for on the terminal unless given.") var passwordFile: String?

        func given() throws -> KeyProof? {
            guard let admin else {
                if passwordFile != nil { throw ValidationError("--password-file: expected --as ADDRESS beside it") }
                return nil
            }
            if let passwordFile {
                guard let text = try? String(contentsOfFile: passwordFile, encoding: .utf8),
                    let line = text.split(separator: "\n", omittingEmptySubsequences: false).first, !line.isEmpty
                else { throw ValidationError("--password-file \(passwordFile): expected a file with the password on its first line") }
                return KeyProof(email: admin, password: Secret(String(line)))
            }
            return try asked(for: admin)
        }

        /// Nil where there is no terminal to ask on.
        func asked() throws -> KeyProof? {
            guard isatty(STDIN_FILENO) == 1 else { return nil }
            FileHandle.standardError.write(Data("It takes an admin's password. Address: ".utf8))
            guard let address = readLine(), !address.isEmpty else { return nil }
            return try asked(for: address)
        }

        private func asked(for address: String) throws -> KeyProof {
            guard isatty(STDIN_FILENO) == 1, let typed = getpass("Password: ") else {
                throw ValidationError("there is no terminal to ask for the password: give --password-file")
            }
            return KeyProof(email: address, password: Secret(String(cString: typed)))
        }
    }
}
