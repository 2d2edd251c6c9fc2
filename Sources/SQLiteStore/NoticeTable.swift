import GRDB
public import TradingModel
public import TradingPorts

/// Migration 19: what people are told about their way in. Never edit it. It does not follow from the journal.
enum NoticeTable {
    static let table = """
        CREATE TABLE notice (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            owner INTEGER NOT NULL REFERENCES person (owner),
            kind TEXT NOT NULL,
            about TEXT,
            by TEXT NOT NULL,
            origin TEXT,
            count INTEGER NOT NULL CHECK (count > 0),
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL CHECK (last_at >= first_at),
            seen_at INTEGER
        ) STRICT;
        CREATE INDEX notice_of_person ON notice (owner, number);
        CREATE INDEX notice_unseen ON notice (owner, kind) WHERE seen_at IS NULL;

        ALTER TABLE access_key ADD COLUMN told_at INTEGER;
        ALTER TABLE person ADD COLUMN forgotten_at INTEGER;
        """

    static let columns = "number, kind, about, by, origin, count, first_at, last_at, seen_at"

    static func notice(_ row: Row) throws -> Notice {
        var columns = Columns(row, of: "notice")
        let number = try columns.whole(), kind: NoticeKind = try columns.word("a kind of notice"), about = try columns.textIfAny()
        let by: NoticeBy = try columns.word("who did it"), from = try columns.textIfAny(), count = try columns.whole()
        return Notice(
            number: number, kind: kind, about: about, by: by, from: from, count: count, firstAt: try columns.moment(), lastAt: try columns.moment(),
            seenAt: try columns.momentIfAny())
    }

    /// Something that somebody did, within the caller's transaction. Owners who are no people are told nothing.
    /// - Parameter network: in the place of the doer's address.
    static func add(
        _ db: Database, _ kind: NoticeKind, of person: OwnerID, about: String? = nil, by doer: Doer, network: String? = nil, at: Timestamp
    ) throws {
        let by = NoticeBy(doer, about: person)
        // Where an admin was is nobody else's business.
        let from = by == .you ? network ?? doer.address : nil
        try add(db, kind, of: person, about: about, by: by, from: from, count: 1, first: at, last: at)
    }

    /// The same again, while it was not seen, is counted and not listed anew.
    static func add(
        _ db: Database, _ kind: NoticeKind, of person: OwnerID, about: String?, by: NoticeBy, from: String?, count: Int64, first: Timestamp, last: Timestamp
    ) throws {
        guard try Question.person.row(db, [person.rawValue]) != nil else { return }
        func fold(_ from: String?) throws -> Bool {
            try db.execute(
                sql: """
                    UPDATE notice SET count = count + ?, last_at = max(last_at, ?)
                    WHERE owner = ? AND kind = ? AND about IS ? AND by = ? AND origin IS ? AND seen_at IS NULL
                    """, arguments: [count, last.milliseconds, person.rawValue, kind.rawValue, about, by.rawValue, from])
            return db.changesCount > 0
        }
        if try fold(from) { return }
        var from = from
        if kind.isTry {
            let networks =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM notice WHERE owner = ? AND kind = ? AND seen_at IS NULL", arguments: [person.rawValue, kind.rawValue]) ?? 0
            if networks >= Notice.networksMost {
                from = Notice.manyNetworks
                if try fold(from) { return }
            }
        }
        try db.execute(
            sql: "INSERT INTO notice (owner, kind, about, by, origin, count, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [person.rawValue, kind.rawValue, about, by.rawValue, from, count, first.milliseconds, max(first, last).milliseconds])
        try db.execute(
            sql: """
                DELETE FROM notice WHERE number IN (
                    SELECT number FROM notice WHERE owner = ? ORDER BY seen_at IS NULL DESC, number DESC LIMIT -1 OFFSET ?)
                """, arguments: [person.rawValue, Notice.most])
    }
}

extension SQLiteStore: NoticeStore {
    public func notices(_ person: OwnerID) async throws -> [Notice] {
        try await pool.read { db in try Question.notices.rows(db, [person.rawValue]).map(NoticeTable.notice) }
    }

    public func unseenNotices(_ person: OwnerID) async throws -> Int {
        try await pool.read { db in
            guard let row = try Question.unseenNotices.row(db, [person.rawValue]) else { return 0 }
            var columns = Columns(row, of: "notice")
            return Int(try columns.whole())
        }
    }

    public func see(notice number: Int64, andOlder: Bool, of person: OwnerID) async throws -> Bool {
        let now = now()
        return try await pool.write { db in
            try db.execute(
                sql: "UPDATE notice SET seen_at = coalesce(seen_at, ?) WHERE owner = ? AND number = ?",
                arguments: [now.milliseconds, person.rawValue, number])
            guard db.changesCount == 1 else { return false }
            if andOlder {
                try db.execute(
                    sql: "UPDATE notice SET seen_at = ? WHERE owner = ? AND number < ? AND seen_at IS NULL",
                    arguments: [now.milliseconds, person.rawValue, number])
            }
            return true
        }
    }

    public func note(_ tries: [FailedTries]) async throws {
        try await pool.write { db in
            for one in tries {
                try NoticeTable.add(
                    db, one.kind, of: one.person, about: nil, by: .somebody, from: one.network, count: one.count, first: one.firstAt, last: one.lastAt)
            }
        }
    }

    public func tellOfEndingKeys(withinSeconds seconds: Int64) async throws {
        let now = now()
        try await pool.write { db in
            let ending = try Row.fetchAll(
                db, sql: "UPDATE access_key SET told_at = ? WHERE told_at IS NULL AND expires_at > ? AND expires_at <= ? RETURNING owner, id",
                arguments: [now.milliseconds, now.milliseconds, now.adding(seconds: seconds).milliseconds])
            for row in ending {
                var columns = Columns(row, of: "access_key")
                let owner = try columns.owner()
                try NoticeTable.add(db, .keyEnding, of: owner, about: try columns.text(), by: .server, at: now)
            }
        }
    }
}
