import GRDB

/// Migration 17. Never edit it. Who may write the journal: whoever opened it last.
///
/// One shard, since one process has the whole file. Each opening raises the epoch, each fact says the epoch that wrote it, and a
/// commit of an older one is refused in its own transaction. The lock beside the file keeps a second process out before it gets
/// so far; this is for the day on which the lock does not: a file system without locks, or one that was removed by hand.
enum LeaseTable {
    static let tables = """
        CREATE TABLE lease (
            shard INTEGER PRIMARY KEY CHECK (shard >= 0),
            epoch INTEGER NOT NULL CHECK (epoch >= 0)
        ) STRICT;
        INSERT INTO lease (shard, epoch) VALUES (0, 0);
        CREATE TRIGGER lease_only_rises BEFORE UPDATE ON lease WHEN NEW.epoch <= OLD.epoch OR NEW.shard <> OLD.shard
            BEGIN SELECT RAISE(ABORT, 'an epoch only rises'); END;
        CREATE TRIGGER lease_is_kept BEFORE DELETE ON lease BEGIN SELECT RAISE(ABORT, 'a lease is never deleted'); END;
        ALTER TABLE journal ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
        """

    static let current = "SELECT epoch FROM lease WHERE shard = 0"

    /// The next epoch, durable when this returns.
    static func take(_ pool: DatabasePool) throws -> Int64 {
        try pool.writeWithoutTransaction { db in
            var epoch: Int64 = 0
            try db.inTransaction(.immediate) {
                try db.execute(sql: "UPDATE lease SET epoch = epoch + 1 WHERE shard = 0")
                epoch = try Int64.fetchOne(db, sql: current) ?? 0
                return .commit
            }
            return epoch
        }
    }
}

extension SQLiteStore {
    /// The epoch that wrote each fact from `sequence` on; 0 for those of before there were epochs.
    package func epochs(from sequence: Int64) throws -> [Int64] {
        try pool.read { db in try Int64.fetchAll(db, sql: "SELECT epoch FROM journal WHERE seq >= ? ORDER BY seq", arguments: [sequence]) }
    }
}
