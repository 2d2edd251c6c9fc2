import Foundation
import GRDB
import Synchronization
import TradingEngine
public import TradingModel
public import TradingPorts

// What an import of the previous system writes: facts with their rows, and what is kept beside them, batch by batch.

/// A user of the previous system as an owner of ours.
public struct ImportedUser: Sendable, Hashable {
    public enum Token: String, Sendable, Hashable { case none, sealed, unopened, loginTaken = "login_taken" }
    /// Its id there.
    public var id: String
    public var owner: OwnerID
    /// Where its sessions and trades are filed; nil for who can have none.
    public var account: AccountID?
    public var email: String?
    public var name: String?
    /// Nil until the token was dealt with.
    public var token: Token?
    public init(id: String, owner: OwnerID, account: AccountID?, email: String?, name: String?, token: Token? = nil) {
        (self.id, self.owner, self.account, self.email, self.name, self.token) = (id, owner, account, email, name, token)
    }
}

/// One document of the previous system's bot settings. Nothing secret is in it.
public struct ImportedSettings: Sendable, Hashable {
    public var id: String
    public var owner: OwnerID
    /// Their order: the first enabled one is what a start falls back on.
    public var place: Int64
    public var broker: String
    public var instrument: String
    public var isEnabled: Bool
    public var defaults: PreviousDefaults
    /// Every field that it has, as JSON.
    public var body: String
    public init(id: String, owner: OwnerID, place: Int64, broker: String, instrument: String, isEnabled: Bool, defaults: PreviousDefaults, body: String) {
        (self.id, self.owner, self.place, self.broker, self.instrument, self.isEnabled) = (id, owner, place, broker, instrument, isEnabled)
        (self.defaults, self.body) = (defaults, body)
    }
}

/// What an import keeps that is no fact.
public enum ImportedRecord: Sendable {
    case user(ImportedUser, PreviousPlace)
    case settings(ImportedSettings)
    /// The session that the previous system's endpoints mean, unless they mean one that was started here.
    case running(SessionID, OwnerID)
    case token(ImportedUser, AccountID, SealedCredential?)
    /// Numbers below this one are given.
    case numbers(next: Int64)
}

/// What is on record of earlier imports.
public struct ImportedBefore: Sendable {
    public var users: [String: ImportedUser] = [:]
    public var settings: Set<String> = []
    public var sessions: [String: SessionID] = [:]
    public var signals: Set<String> = []
    public var trades: Set<String> = []
    /// Of accounts of imported users.
    public var contracts: Set<ImportedContract> = []
    public var intents: Set<IntentID> = []
    /// The next of each.
    public var owner: Int64 = 1
    public var number: Int64 = 1
}

public struct ImportedContract: Sendable, Hashable {
    public var account: AccountID
    public var contract: ContractID
    public init(account: AccountID, contract: ContractID) { (self.account, self.contract) = (account, contract) }
}

extension SQLiteStore {
    public func importedBefore() throws -> ImportedBefore {
        try pool.read { db in
            var before = ImportedBefore()
            for user in try ImportedUserRow.all(db) { before.users[user.id] = user }
            before.settings = Set(try String.fetchAll(db, sql: "SELECT id FROM previous_settings"))
            let sessions = try Row.fetchCursor(db, sql: "SELECT previous_id, id FROM session WHERE previous_id IS NOT NULL")
            while let row = try sessions.next() { before.sessions[row[0]] = SessionID(rawValue: row[1]) }
            before.signals = Set(try String.fetchAll(db, sql: "SELECT previous_id FROM signal WHERE previous_id IS NOT NULL"))
            let trades = try Row.fetchCursor(
                db,
                sql: """
                    SELECT session, signal, account, contract_id, previous_id FROM trade
                    WHERE previous_id IS NOT NULL OR account IN (SELECT account FROM previous_user)
                    """)
            while let row = try trades.next() {
                var columns = Columns(row, of: "trade")
                before.intents.insert(IntentID(session: try columns.session(), signal: try columns.signalID()))
                let account = try columns.account()
                if let contract = try columns.wholeIfAny() {
                    before.contracts.insert(ImportedContract(account: account, contract: ContractID(rawValue: contract)))
                }
                if let key = try columns.textIfAny() { before.trades.insert(key) }
            }
            before.owner = try (Int64.fetchOne(db, sql: "SELECT max(seq) FROM sqlite_sequence WHERE name = 'owner'") ?? 0) + 1
            before.number = try Int64.fetchOne(db, sql: "SELECT next FROM sequence WHERE name = 'id'") ?? 1
            return before
        }
    }

    /// Users of the previous system, in the order of their owners.
    public func importedUsers() throws -> [ImportedUser] { try pool.read(ImportedUserRow.all) }

    /// One commit: the facts, their rows, and what is kept beside them, or nothing.
    public func write(_ entries: [JournalEntry], rows: [RowChange], keeping records: [ImportedRecord]) throws {
        let at = now()
        try position.withLock { position in
            guard !position.isBroken else { throw SQLiteStoreError.broken(path: path) }
            for (entry, expected) in zip(entries, position.next...) where entry.sequence != expected {
                throw JournalConflict(sequence: entry.sequence, reason: "the next number is \(expected)")
            }
            do {
                for case .previous(.signal(let record, _)) in rows { knownSignals.insert(record.signal.id) }
                for case .previous(.trade(let trade, _, _, _)) in rows { knownSignals.insert(trade.signal) }
                try pool.writeWithoutTransaction { db in
                    let writer = try position.writer ?? TurnWriter(db, epoch: epoch)
                    position.writer = writer
                    let end = try writer.commit(entries, rows: rows, after: auditTip.withLock { $0 }) {
                        let people = try records.compactMap { try SQLiteStore.keep($0, at: at, db) }
                        return people.isEmpty ? nil : (SQLiteStore.takenOver(people), at)
                    }
                    auditTip.withLock { $0 = end }
                }
                position.next += Int64(entries.count)
            } catch {
                position.isBroken = true
                throw error
            }
        }
    }

    /// One entry of the audit log stands for all people of a batch: how many, and their numbers.
    private static func takenOver(_ people: [OwnerID]) -> AuditAct {
        var ranges: [ClosedRange<Int64>] = []
        for number in people.map(\.rawValue).sorted() {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        let numbers = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ")
        return AuditAct(actor: "host", action: "person import", object: "\(people.count) people, trader: \(numbers)")
    }

    /// Gives the person that it made, if it made one.
    private static func keep(_ record: ImportedRecord, at: Timestamp, _ db: Database) throws -> OwnerID? {
        var added: OwnerID?
        switch record {
        case .user(let user, let place):
            try db.execute(
                sql: "INSERT INTO owner (id, name, created_at) VALUES (?, ?, ?)",
                arguments: [user.owner.rawValue, user.email ?? user.name ?? "user \(user.id) of the previous system", at.milliseconds])
            try db.execute(
                sql: "INSERT INTO previous_user (id, owner, account, email, name) VALUES (?, ?, ?, ?, ?)",
                arguments: [user.id, user.owner.rawValue, user.account?.rawValue, user.email, user.name])
            // Who logged in there logs in here with the same address, once a one-time code has set a password.
            if let email = user.email.flatMap({ Email($0) }) {
                let name = user.name.flatMap { (1...Person.longestName).contains($0.utf8.count) ? $0 : nil } ?? String(email.text.prefix(Person.longestName))
                // Somebody may have the address already: then it stays an owner, whom 'signalist person add --owner' makes a person.
                if case .added(let person) = try PeopleTables.add(db, NewPerson(email: email, name: name, role: .trader, owner: user.owner), at: at) {
                    added = person.id
                }
            }
            guard let account = user.account else { return added }
            try db.execute(
                sql: "INSERT INTO previous_place (owner, account, session, scopes, is_valid, validated_at) VALUES (?, ?, NULL, ?, ?, ?)",
                arguments: [
                    user.owner.rawValue, account.rawValue, place.scopes.joined(separator: " "), place.isValid, place.validatedAt?.milliseconds,
                ])
        case .settings(let settings):
            try db.execute(
                sql: """
                    INSERT INTO previous_settings (id, owner, place, broker, instrument, is_enabled, trades_per_day, daily_loss, risk_per_trade, drawdown, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    settings.id, settings.owner.rawValue, settings.place, settings.broker, settings.instrument, settings.isEnabled,
                    settings.defaults.tradesPerDay, settings.defaults.dailyLoss, settings.defaults.riskPerTrade, settings.defaults.drawdown, settings.body,
                ])
        case .running(let session, let owner):
            try db.execute(
                sql: """
                    UPDATE previous_place SET session = ? WHERE owner = ?
                        AND (session IS NULL OR session IN (SELECT id FROM session WHERE previous_id IS NOT NULL))
                    """, arguments: [session.rawValue, owner.rawValue])
        case .token(let user, let account, let credential):
            if let credential {
                try db.execute(
                    sql:
                        "INSERT INTO credential (account, owner, login_id, is_virtual, sealed, is_compromised) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    arguments: [
                        account.rawValue, user.owner.rawValue, credential.loginID.text, credential.isVirtual, Data(credential.bytes), credential.isCompromised,
                    ])
            }
            try db.execute(sql: "UPDATE previous_user SET token = ? WHERE id = ?", arguments: [user.token?.rawValue, user.id])
        case .numbers(let next): try db.execute(sql: "UPDATE sequence SET next = max(next, ?) WHERE name = 'id'", arguments: [next])
        }
        return added
    }
}

enum ImportedUserRow {
    static func all(_ db: Database) throws -> [ImportedUser] {
        try Row.fetchAll(db, sql: "SELECT id, owner, account, email, name, token FROM previous_user ORDER BY owner").map { row in
            var columns = Columns(row, of: "previous_user")
            let id = try columns.text(), owner = try columns.owner(), account = try columns.wholeIfAny().map(AccountID.init(rawValue:))
            let email = try columns.textIfAny(), name = try columns.textIfAny()
            let token = try columns.ifAny("what became of a token") { (stored: String) in ImportedUser.Token(rawValue: stored) }
            return ImportedUser(id: id, owner: owner, account: account, email: email, name: name, token: token)
        }
    }
}
