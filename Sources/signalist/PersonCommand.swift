import ArgumentParser
import Foundation
import People
import SQLiteStore
import TradingModel
import TradingPorts

/// People, on the machine itself and while the server is not running: the way back in when nobody can log in.
struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "Add people, list them, let them set a new password, and forget them.",
        subcommands: [Add.self, Reset.self, Forget.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a person and print the one-time code with which the password is set.")
        @Argument(help: "The address to log in with.") var email: String
        @Option(help: "The name; the address unless given.") var name: String?
        @Option(help: "viewer, trader, operator, admin or auditor.") var role = "trader"
        @Option(help: "The number of an owner that this person is; a new one unless given.") var owner: Int64?
        @Option(help: "A settings file, NAME = value a line.") var config: String?

        func run() async throws {
            let email = try PersonCommand.email(email)
            guard let role = Role(rawValue: role) else {
                throw ValidationError("--role \(role): expected \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let name = name ?? email.text
            guard (1...Person.longestName).contains(name.utf8.count) else { throw ValidationError("--name: expected 1 to \(Person.longestName) bytes") }
            try await PersonCommand.withStore(config) { store in
                switch try await store.add(NewPerson(email: email, name: name, role: role, owner: owner.map(OwnerID.init(rawValue:))), by: .host) {
                case .added(let person): try await PersonCommand.printCode(store, person)
                case .emailTaken: throw ValidationError("\(email): somebody has this address already; 'signalist person reset' makes a new code")
                case .ownerTaken: throw ValidationError("--owner \(owner ?? 0): expected an owner who is no person yet; 'signalist owner list' lists them")
                }
            }
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a new one-time code with which a person sets the password. The one of before stays until then.", aliases: ["link"])
        @Argument(help: "The address of the person.") var email: String
        @Flag(help: "The telephone is lost: the password alone lets in until another one is set up.") var withoutSecondFactor = false
        @Option(help: "A settings file, NAME = value a line.") var config: String?

        func run() async throws {
            let email = try PersonCommand.email(email)
            try await PersonCommand.withStore(config) { store in
                guard let person = try await store.person(email) else { throw ValidationError("\(email): expected the address of a person") }
                guard person.disabledAt == nil else { throw ValidationError("\(email): this person is disabled; an admin takes that back first") }
                if withoutSecondFactor { _ = try await store.removeSecondFactor(person.id, keeping: nil, by: .host) }
                try await PersonCommand.printCode(store, person)
            }
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take away the name and the address of a person who is disabled, for good.",
            discussion: """
                With them go visits, keys, codes, the second factor, notices and the networks of log-ins. The number stays, with its accounts, sessions and \
                trades and what the audit log holds of it: books are kept, and the log can still be verified.
                """)
        @Argument(help: "The address of the person.") var email: String
        @Option(help: "A settings file, NAME = value a line.") var config: String?

        func run() async throws {
            let email = try PersonCommand.email(email)
            try await PersonCommand.withStore(config) { store in
                guard let person = try await store.person(email) else { throw ValidationError("\(email): expected the address of a person") }
                switch try await store.forget(person.id, by: .host) {
                case .forgotten(let person): print("\(person.id)\t\(person.email.text)")
                case .unknown: throw ValidationError("\(email): expected the address of a person")
                case .notDisabled: throw ValidationError("\(email): expected a person who is disabled; an admin does that first")
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the people.")
        @Option(help: "A settings file, NAME = value a line.") var config: String?

        func run() async throws {
            try await PersonCommand.withStore(config) { store in
                for person in try await store.people() {
                    let marks = [
                        person.password == nil ? "no password" : nil, person.disabledAt == nil ? nil : person.forgottenAt == nil ? "disabled" : "forgotten",
                    ].compactMap(\.self)
                    print(([String(person.id.rawValue), person.email.text, person.role.rawValue, person.name] + marks).joined(separator: "\t"))
                }
            }
        }
    }

    private static func email(_ text: String) throws -> Email {
        guard let email = Email(text) else { throw ValidationError("\(text): expected an address such as ada@example.org") }
        return email
    }

    private static func printCode(_ store: SQLiteStore, _ person: Person) async throws {
        let code = try await store.makeOneTimeCode(.setPassword, person: person.id, validForSeconds: PeopleBook.linkSeconds, by: .host)
        code.reveal { print($0) }
        Terminal.note("good once, for \(PeopleBook.linkSeconds / 3_600) hours: POST /api/v1/set-password with this as code, and the new password")
    }

    private static func withStore(_ config: String?, _ body: (SQLiteStore) async throws -> Void) async throws {
        let configuration: ServerConfiguration
        do { configuration = try ServerConfiguration.load(file: config) } catch { throw ValidationError("\(error)") }
        try Folder.make(configuration.dataDirectory)
        let store = try SQLiteStore.open(configuration.dataDirectory + "/signalist.sqlite")
        defer { try? store.close() }
        try await body(store)
    }
}
