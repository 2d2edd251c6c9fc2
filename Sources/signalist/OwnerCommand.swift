import ArgumentParser
import Foundation
import SQLiteStore
import TradingModel
import TradingPorts

/// Owners and their keys, on the machine itself and while the server is not running.
struct OwnerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "owner", abstract: "Add owners and API keys, and take keys away.",
        subcommands: [Add.self, Key.self, List.self, Keys.self, Revoke.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add an owner and print its API key, once.")
        @Argument(help: "The owner's name.") var name: String
        @Option(help: "A settings file, NAME = value a line.") var config: String?

        func run() throws {
            let store = try openStore(config)
            defer { try? store.close() }
            let owner = try store.createOwner(name), key = APIKey.new()
            try store.addKey(owner, hash: key.hash, name: "first key")
            print(key.text)
        }
    }

    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add an API key to an owner and print it, once.")
        @Argument(help: "The owner's number, as 'signalist owner list' shows it.") var owner: Int64
        @Option(help: "A settings file, NAME = value a line.") var config: String?

        func run() throws {
            let store = try openStore(config)
            defer { try? store.close() }
            guard let found = try store.owners().first(where: { $0.id.rawValue == owner }) else {
                throw ValidationError("owner \(owner): expected one that 'signalist owner list' shows")
            }
            let key = APIKey.new()
            try store.addKey(found.id, hash: key.hash, name: "key of the operator")
            print(key.text)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the owners.")
        @Option(help: "A settings file, NAME = value a line.") var config: String?

        func run() throws {
            let store = try openStore(config)
            defer { try? store.close() }
            for owner in try store.owners() { print("\(owner.id)\t\(owner.name)") }
        }
    }

    struct Keys: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the keys that were made here: id, owner, name, when.",
            discussion: "Keys that people make for programs are theirs to list and take away: /api/v1/keys.")
        @Option(help: "A settings file, NAME = value a line.") var config: String?

        func run() throws {
            let store = try openStore(config)
            defer { try? store.close() }
            for key in try store.ownerKeys(of: nil) { print("\(key.id)\t\(key.owner)\t\(key.name)\t\(key.createdAt)") }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a key away: it opens nothing any more.")
        @Argument(help: "The key's id, as 'signalist owner keys' shows it.") var key: String
        @Option(help: "A settings file, NAME = value a line.") var config: String?

        func run() throws {
            let store = try openStore(config)
            defer { try? store.close() }
            guard let gone = try store.removeOwnerKey(key) else {
                throw ValidationError("key \(key): expected one that 'signalist owner keys' shows")
            }
            print("key \(gone.id) of owner \(gone.owner) opens nothing any more")
        }
    }

    private static func openStore(_ config: String?) throws -> SQLiteStore {
        let configuration: ServerConfiguration
        do { configuration = try ServerConfiguration.load(file: config) } catch { throw ValidationError("\(error)") }
        try Folder.make(configuration.dataDirectory)
        return try SQLiteStore.open(configuration.dataDirectory + "/signalist.sqlite")
    }
}
