import Foundation
import GRDB
import Synchronization
public import TradingModel
public import TradingPorts

/// Migration 10: people and what lets them in. Never edit it. They do not follow from the journal: a rebuild leaves them alone.
enum PeopleTables {
    static let tables = """
        CREATE TABLE person (
            owner INTEGER PRIMARY KEY REFERENCES owner (id),
            email TEXT NOT NULL CHECK (email <> ''),
            email_key TEXT NOT NULL UNIQUE CHECK (email_key = lower(email)),
            name TEXT NOT NULL CHECK (name <> ''),
            role TEXT NOT NULL CHECK (role IN ('viewer', 'trader', 'operator', 'admin', 'auditor')),
            password TEXT CHECK (password <> ''),
            created_at INTEGER NOT NULL,
            disabled_at INTEGER
        ) STRICT;
        CREATE INDEX person_by_role ON person (role);

        CREATE TABLE one_time_code (
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
            purpose TEXT NOT NULL CHECK (purpose IN ('set_up', 'set_password')),
            person INTEGER REFERENCES person (owner),
            valid_until INTEGER NOT NULL,
            used_at INTEGER,
            CHECK ((purpose = 'set_up') = (person IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX one_time_code_of_person ON one_time_code (person);

        CREATE TABLE visit (
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
            id TEXT NOT NULL UNIQUE CHECK (length(id) = 16),
            person INTEGER NOT NULL REFERENCES person (owner),
            began_at INTEGER NOT NULL,
            seen_at INTEGER NOT NULL,
            proved_at INTEGER NOT NULL,
            address TEXT NOT NULL,
            agent TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX visit_of_person ON visit (person, began_at);

        CREATE TABLE access_key (
            id TEXT PRIMARY KEY CHECK (length(id) = 8),
            owner INTEGER NOT NULL REFERENCES owner (id),
            mac BLOB NOT NULL CHECK (length(mac) = 32),
            name TEXT NOT NULL CHECK (name <> ''),
            scopes TEXT NOT NULL,
            addresses TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at INTEGER,
            CHECK (expires_at > created_at)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX access_key_by_owner ON access_key (owner, created_at);

        CREATE TABLE second_factor (
            person INTEGER PRIMARY KEY REFERENCES person (owner),
            sealed BLOB NOT NULL CHECK (length(sealed) > 0),
            confirmed_at INTEGER,
            used_step INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE recovery_code (
            person INTEGER NOT NULL REFERENCES person (owner),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            used_at INTEGER,
            PRIMARY KEY (person, hash)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE real_trading (
            account INTEGER PRIMARY KEY,
            owner INTEGER NOT NULL REFERENCES owner (id),
            enabled_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX real_trading_by_owner ON real_trading (owner);
        """

    /// Migration 14. Never edit it. How often a person's password was set, and from where each has logged in.
    static let logIns = """
        ALTER TABLE person ADD COLUMN password_number INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE log_in_network (
            person INTEGER NOT NULL REFERENCES person (owner),
            network TEXT NOT NULL CHECK (network <> ''),
            seen_at INTEGER NOT NULL,
            PRIMARY KEY (person, network)
        ) STRICT, WITHOUT ROWID;
        """

    static let columns = """
        owner, email, name, role, password, password_number, created_at, disabled_at, forgotten_at,
        EXISTS (SELECT 1 FROM second_factor WHERE second_factor.person = person.owner AND confirmed_at IS NOT NULL)
        """

    static func person(_ row: Row) throws -> Person {
        var columns = Columns(row, of: "person")
        let id = try columns.owner(), email = try columns.next("an address") { (stored: String) in Email(stored) }, name = try columns.text()
        let role: Role = try columns.word("a role"), password = try columns.textIfAny(), number = try columns.whole()
        return Person(
            id: id, email: email, name: name, role: role, password: password, passwordNumber: number, createdAt: try columns.moment(),
            disabledAt: try columns.momentIfAny(), forgottenAt: try columns.momentIfAny(), hasSecondFactor: try columns.flag())
    }

    /// Within the caller's transaction.
    /// - Parameter password: in the place of the one in `person`, when it depends on whose it is.
    static func add(
        _ db: Database, _ person: NewPerson, password: ((OwnerID) throws -> String)? = nil, at now: Timestamp
    ) throws -> AddedPerson {
        if try Question.personByEmail.row(db, [person.email.key]) != nil { return .emailTaken }
        let owner: OwnerID
        if let wanted = person.owner {
            let isOwner = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM owner WHERE id = ?)", arguments: [wanted.rawValue]) ?? false
            let isPerson = try Question.person.row(db, [wanted.rawValue]) != nil
            guard isOwner, !isPerson else { return .ownerTaken }
            owner = wanted
        } else {
            try db.execute(sql: "INSERT INTO owner (name, created_at) VALUES (?, ?)", arguments: [person.name, now.milliseconds])
            owner = OwnerID(rawValue: db.lastInsertedRowID)
        }
        let password = try password?(owner) ?? person.password
        try db.execute(
            sql: "INSERT INTO person (owner, email, email_key, name, role, password, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                owner.rawValue, person.email.text, person.email.key, person.name, person.role.rawValue, password, now.milliseconds,
            ])
        return .added(Person(id: owner, email: person.email, name: person.name, role: person.role, password: password, createdAt: now))
    }

    static func hasAdmin(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM person WHERE role = 'admin')") ?? false
    }

    /// Marks a code as used. False when it is none that is good now: whoever is told true is the only one.
    static func use(_ db: Database, hash: [UInt8], _ purpose: OneTimePurpose, at now: Timestamp) throws -> Bool {
        try db.execute(
            sql: "UPDATE one_time_code SET used_at = ? WHERE hash = ? AND purpose = ? AND used_at IS NULL AND valid_until > ?",
            arguments: [now.milliseconds, Data(hash), purpose.rawValue, now.milliseconds])
        return db.changesCount == 1
    }

    /// Another password, within the caller's transaction. What was let in by the one before is let in no more: visits but one, codes for a
    /// password and, when asked, keys.
    static func setPassword(_ db: Database, _ password: String, of person: OwnerID, keeping visit: String?, revokingKeys: Bool) throws -> Ended {
        try db.execute(
            sql: "UPDATE person SET password = ?, password_number = password_number + 1 WHERE owner = ?", arguments: [password, person.rawValue])
        try endCodes(db, of: person)
        let visits = try VisitTable.end(db, "person = ? AND id IS NOT ?", [person.rawValue, visit])
        guard revokingKeys else { return Ended(visits: visits) }
        return Ended(visits: visits, keys: try AccessKeyTable.removeAll(db, of: person), ownerKeys: try OwnerKeyTable.removeAll(db, of: person))
    }

    static func endCodes(_ db: Database, of person: OwnerID) throws {
        try db.execute(sql: "DELETE FROM one_time_code WHERE person = ? AND used_at IS NULL", arguments: [person.rawValue])
    }
}

extension Ended {
    /// `; ended 2 visits, 1 keys`, or nothing.
    var words: String {
        let parts = [(visits.count, "visits"), (keys.count + ownerKeys.count, "keys")].compactMap { $0.0 > 0 ? "\($0.0) \($0.1)" : nil }
        return parts.isEmpty ? "" : "; ended " + parts.joined(separator: ", ")
    }
}

extension SQLiteStore: PersonStore {
    public func people() async throws -> [Person] {
        try await pool.read { db in try Question.people.rows(db, []).map(PeopleTables.person) }
    }

    public func person(_ id: OwnerID) async throws -> Person? {
        try await pool.read { db in try Question.person.row(db, [id.rawValue]).map(PeopleTables.person) }
    }

    public func person(_ email: Email) async throws -> Person? {
        try await pool.read { db in try Question.personByEmail.row(db, [email.key]).map(PeopleTables.person) }
    }

    public func personNow(_ id: OwnerID) throws -> Person? {
        try finder.read { db in try Question.person.row(db, [id.rawValue]).map(PeopleTables.person) }
    }

    public func add(_ person: NewPerson, by doer: Doer) async throws -> AddedPerson {
        let now = now()
        return try await audited { db in
            let added = try PeopleTables.add(db, person, at: now)
            guard case .added(let person) = added else { return (added, nil) }
            return (added, AuditAct(doer, "person add", "person \(person.id), \(person.role.rawValue)"))
        }
    }

    public func rewritePassword(_ password: String, of person: OwnerID, whileIs before: String) async throws -> Bool {
        try await pool.write { db in
            try db.execute(
                sql: "UPDATE person SET password = ? WHERE owner = ? AND password = ?", arguments: [password, person.rawValue, before])
            return db.changesCount == 1
        }
    }

    public func changePassword(
        _ password: String, of person: OwnerID, number: Int64, keeping visit: RenewedVisit, revokingKeys: Bool, by doer: Doer
    ) async throws -> Ended? {
        let now = now()
        defer { if revokingKeys { keyOwners.withLock { $0.forget() } } }
        return try await audited { db in
            guard let row = try Question.person.row(db, [person.rawValue]), try PeopleTables.person(row).passwordNumber == number,
                try VisitTable.renew(db, visit)
            else { return (nil, nil) }
            let ended = try PeopleTables.setPassword(db, password, of: person, keeping: visit.id, revokingKeys: revokingKeys)
            try NoticeTable.add(db, .passwordChanged, of: person, by: doer, at: now)
            return (ended, AuditAct(doer, "password change", "person \(person)\(ended.words)"))
        }
    }

    public func change(_ person: OwnerID, _ change: PersonChange, by doer: Doer) async throws -> ChangedPerson {
        let now = now()
        // Keys of `signalist owner` end with being disabled, too; they are looked up in memory first.
        defer { if change.isDisabled == true { keyOwners.withLock { $0.forget() } } }
        return try await audited { db in
            guard let row = try Question.person.row(db, [person.rawValue]) else { return (.unknown, nil) }
            let before = try PeopleTables.person(row)
            if before.forgottenAt != nil { return (.forgotten, nil) }
            var changed = before
            if let name = change.name { changed.name = name }
            if let role = change.role { changed.role = role }
            if let isDisabled = change.isDisabled { changed.disabledAt = isDisabled ? changed.disabledAt ?? now : nil }
            if changed.role != .admin || changed.disabledAt != nil {
                let others = try Bool.fetchOne(
                    db, sql: "SELECT EXISTS (SELECT 1 FROM person WHERE role = 'admin' AND disabled_at IS NULL AND owner <> ?)", arguments: [person.rawValue])
                guard others == true || before.role != .admin else { return (.lastAdmin, nil) }
            }
            if changed == before { return (.changed(changed, Ended()), nil) }
            try db.execute(
                sql: "UPDATE person SET name = ?, role = ?, disabled_at = ? WHERE owner = ?",
                arguments: [changed.name, changed.role.rawValue, changed.disabledAt?.milliseconds, person.rawValue])
            var ended = Ended()
            if changed.disabledAt != nil {
                ended.visits = try VisitTable.end(db, "person = ?", [person.rawValue])
                ended.keys = try AccessKeyTable.removeAll(db, of: person)
                ended.ownerKeys = try OwnerKeyTable.removeAll(db, of: person)
                try PeopleTables.endCodes(db, of: person)
            }
            if changed.role != before.role { try NoticeTable.add(db, .roleChanged, of: person, about: changed.role.rawValue, by: doer, at: now) }
            if changed.disabledAt != before.disabledAt {
                try NoticeTable.add(db, changed.disabledAt == nil ? .enabled : .disabled, of: person, by: doer, at: now)
            }
            let what = [
                changed.name == before.name ? nil : "another name", changed.role == before.role ? nil : "role \(changed.role.rawValue)",
                changed.disabledAt == before.disabledAt ? nil : changed.disabledAt == nil ? "enabled" : "disabled",
            ].compactMap(\.self).joined(separator: ", ")
            return (.changed(changed, ended), AuditAct(doer, "person change", "person \(person): \(what)\(ended.words)"))
        }
    }

    /// Everybody, at once: for a start.
    public func everybody() throws -> [Person] { try pool.read { db in try Question.people.rows(db, []).map(PeopleTables.person) } }

    // MARK: One-time codes

    public func keepOneTimeCode(
        hash: [UInt8], _ purpose: OneTimePurpose, person: OwnerID?, validForSeconds: Int64, by doer: Doer
    ) async throws {
        let now = now(), until = now.adding(seconds: validForSeconds), gone = now.adding(seconds: -SQLiteStore.rememberedSeconds)
        try await audited { db in
            // Used ones are kept for a day, so that a look at the file tells what happened.
            try db.execute(
                sql: "DELETE FROM one_time_code WHERE (purpose = ? AND person IS ? AND used_at IS NULL) OR valid_until < ?",
                arguments: [purpose.rawValue, person?.rawValue, gone.milliseconds])
            try db.execute(
                sql: "INSERT INTO one_time_code (hash, purpose, person, valid_until) VALUES (?, ?, ?, ?)",
                arguments: [Data(hash), purpose.rawValue, person?.rawValue, until.milliseconds])
            switch purpose {
            case .setUp: return ((), AuditAct(doer, "set-up code", "the first admin"))
            case .setPassword:
                // Who has no password yet is waiting for this one.
                if let person, let row = try Question.person.row(db, [person.rawValue]), try PeopleTables.person(row).password != nil {
                    try NoticeTable.add(db, .passwordCodeMade, of: person, by: doer, at: now)
                }
                return ((), AuditAct(doer, "password code", person.map { "person \($0)" } ?? ""))
            }
        }
    }

    public func personOfCode(hash: [UInt8]) async throws -> Redeemed<Person> {
        let now = now()
        return try await pool.read { db in
            guard let row = try Question.personOfCode.row(db, [Data(hash), now.milliseconds]) else { return .unknownCode }
            return .done(try PeopleTables.person(row))
        }
    }

    public func redeem(hash: [UInt8], settingPassword password: String, from address: String) async throws -> Redeemed<PasswordRedeemed> {
        let now = now()
        defer { keyOwners.withLock { $0.forget() } }
        return try await audited { db in
            guard let row = try Question.personOfCode.row(db, [Data(hash), now.milliseconds]),
                try PeopleTables.use(db, hash: hash, .setPassword, at: now)
            else { return (.unknownCode, nil) }
            let person = try PeopleTables.person(row).id
            let ended = try PeopleTables.setPassword(db, password, of: person, keeping: nil, revokingKeys: true)
            // Whoever knew the password of before may have logged in, too.
            try db.execute(sql: "DELETE FROM log_in_network WHERE person = ?", arguments: [person.rawValue])
            try NoticeTable.add(db, .passwordSet, of: person, about: nil, by: .code, from: address, count: 1, first: now, last: now)
            let act = AuditAct(Doer("password code", at: address), "password set", "person \(person)\(ended.words)")
            return (.done(PasswordRedeemed(person: person, ended: ended)), act)
        }
    }

    public func redeem(
        hash: [UInt8], settingUp person: NewPerson, password: @escaping @Sendable (OwnerID) throws -> String, from address: String
    ) async throws -> Redeemed<AddedPerson> {
        let now = now()
        return try await audited { db in
            guard try !PeopleTables.hasAdmin(db) else { return (.unknownCode, nil) }
            var person = person
            person.owner = try Int64.fetchOne(
                db,
                sql: """
                    SELECT min(id) FROM owner WHERE id NOT IN (SELECT owner FROM person) AND id NOT IN (SELECT owner FROM previous_user)
                    """
            )
            .map(OwnerID.init(rawValue:))
            let isGood = try PeopleTables.use(db, hash: hash, .setUp, at: now)
            guard isGood else { return (.unknownCode, nil) }
            let added = try PeopleTables.add(db, person, password: password, at: now)
            if case .added(let person) = added {
                return (.done(added), AuditAct(Doer("set-up code", at: address), "person add", "person \(person.id), \(person.role.rawValue)"))
            }
            // The code is as good as before: nothing came of it.
            try db.execute(sql: "UPDATE one_time_code SET used_at = NULL WHERE hash = ?", arguments: [Data(hash)])
            return (.done(added), nil)
        }
    }

    public func hasAdmin() async throws -> Bool { try await pool.read(PeopleTables.hasAdmin) }

    public func note(_ refused: [RefusedTries]) async throws {
        for tries in refused {
            try await audited { _ in
                let object = tries.person.map { "person \($0)" } ?? "nobody"
                return ((), AuditAct(Doer("somebody", at: tries.address), tries.action, object, outcome: "refused \(tries.count)"))
            }
        }
    }
}
