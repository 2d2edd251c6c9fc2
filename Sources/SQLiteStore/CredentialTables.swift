/// Migration 6: what moving sealed tokens to another key needs. Never edit it.
enum CredentialTables {
    static let rotation = """
        ALTER TABLE credential ADD COLUMN is_compromised INTEGER NOT NULL DEFAULT 0 CHECK (is_compromised IN (0, 1));

        CREATE TABLE rotation (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            from_version INTEGER NOT NULL,
            to_version INTEGER NOT NULL,
            phase TEXT NOT NULL CHECK (phase IN
                ('added', 'acknowledged', 'promoted', 'resealing', 'verifying', 'retired', 'destroyed', 'aborted')),
            up_to INTEGER NOT NULL,
            resealed INTEGER NOT NULL CHECK (resealed >= 0),
            started_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX rotation_under_way ON rotation ((1)) WHERE phase IN ('added', 'acknowledged', 'promoted', 'resealing', 'verifying');

        CREATE TABLE key_ring (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            epoch INTEGER NOT NULL CHECK (epoch >= 0)
        ) STRICT;
        INSERT INTO key_ring (id, epoch) VALUES (1, 0);
        """

    /// Part of migration 20. Never edit it. Versions of keys with which nothing sealed may be stored any more, and what sees to that in whatever
    /// transaction tries: who sealed something may take any time to store it. An envelope has its version in the bytes 6 to 9, a sealed password
    /// the same in hexadecimal digits.
    static let fence = """
        CREATE TABLE sealed_fence (version TEXT PRIMARY KEY CHECK (length(version) = 8)) STRICT, WITHOUT ROWID;

        """ + guarding("credential", "sealed") + guarding("second_factor", "sealed") + guarding("hook_secret", "bytes")
        + guarding("person", "password", "substr(NEW.password, 1, 7) = 'sealed:' AND upper(substr(NEW.password, 18, 8))")

    private static func guarding(_ table: String, _ column: String, _ version: String? = nil) -> String {
        let version = version ?? "substr(NEW.\(column), 1, 3) = x'534745' AND hex(substr(NEW.\(column), 6, 4))"
        return ["INSERT", "UPDATE OF \(column)"].map { change in
            """
            CREATE TRIGGER \(table)_fence_\(change.prefix(6).lowercased()) BEFORE \(change) ON \(table)
            WHEN \(version) IN (SELECT version FROM sealed_fence)
            BEGIN SELECT RAISE(ABORT, 'sealed with a key that is retired, or is being'); END;

            """
        }.joined()
    }
}
