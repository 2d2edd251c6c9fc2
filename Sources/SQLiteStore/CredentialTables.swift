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
}
