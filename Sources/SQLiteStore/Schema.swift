import GRDB

/// The tables, as numbered migrations. One that has shipped is never edited; a change is a new one at the end.
enum Schema {
    /// `SGNL`: written into the file's header, so that we never make tables in somebody else's database.
    static let applicationID: Int32 = 0x53474e4c

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 first") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: FirstTables.kept + FirstTables.journal + FirstTables.following)
        }
        migrator.registerMigration("2 owner limits") { db in
            try db.execute(sql: "ALTER TABLE owner_standing ADD COLUMN limits TEXT")
        }
        migrator.registerMigration("3 previous place") { db in
            try db.execute(
                sql: """
                    CREATE TABLE previous_place (
                        owner INTEGER PRIMARY KEY REFERENCES owner (id),
                        account INTEGER,
                        session INTEGER,
                        scopes TEXT NOT NULL,
                        is_valid INTEGER NOT NULL CHECK (is_valid IN (0, 1)),
                        validated_at INTEGER
                    ) STRICT;
                    """)
        }
        migrator.registerMigration("4 numbers tied to keys") { db in try db.execute(sql: KeyedNumbers.table) }
        migrator.registerMigration("5 trades by settlement") { db in
            try db.execute(
                sql: """
                    CREATE INDEX trade_by_settlement ON trade (owner, settled_at) WHERE state = 'settled';
                    CREATE INDEX trade_of_session_by_settlement ON trade (session, settled_at) WHERE state = 'settled';
                    """)
        }
        migrator.registerMigration("6 keys of tokens") { db in try db.execute(sql: CredentialTables.rotation) }
        migrator.registerMigration("7 stake of a signal") { db in try db.execute(sql: "ALTER TABLE signal ADD COLUMN stake TEXT") }
        migrator.registerMigration("8 trades by outcome") { db in
            try db.execute(
                sql: """
                    CREATE INDEX trade_bought ON trade (owner) WHERE contract_id IS NOT NULL;
                    CREATE INDEX trade_open ON trade (owner) WHERE state = 'open';
                    CREATE INDEX trade_won ON trade (owner) WHERE state = 'settled' AND payout > price;
                    CREATE INDEX trade_lost ON trade (owner) WHERE state = 'settled' AND payout < price;
                    CREATE INDEX trade_even ON trade (owner) WHERE state = 'settled' AND payout = price;
                    """)
        }
        migrator.registerMigration("9 hooks") { db in try db.execute(sql: HookTable.tables) }
        migrator.registerMigration("10 people") { db in try db.execute(sql: PeopleTables.tables) }
        migrator.registerMigration("11 previous system") { db in try db.execute(sql: PreviousTables.columns + PreviousTables.kept) }
        migrator.registerMigration("13 audit") { db in
            try db.execute(sql: AuditTable.table)
            try AuditTable.takeIn(db)
        }
        migrator.registerMigration("14 log-ins") { db in try db.execute(sql: PeopleTables.logIns) }
        migrator.registerMigration("16 origins of signals") { db in try db.execute(sql: OriginTable.table) }
        migrator.registerMigration("17 leases") { db in try db.execute(sql: LeaseTable.tables) }
        migrator.registerMigration("18 names in certificates") { db in try db.execute(sql: HookTable.certificateName) }
        migrator.registerMigration("19 notices") { db in try db.execute(sql: NoticeTable.table) }
        migrator.registerMigration("20 operators, fence of keys") { db in try db.execute(sql: OperateTables.tables + CredentialTables.fence) }
        return migrator
    }

    /// Tables that follow from the journal, in an order in which they can be emptied.
    static let following = ["refusal", "outside_trade", "operators_stop", "owner_standing", "trade", "signal_decision", "signal", "session", "account"]
}
