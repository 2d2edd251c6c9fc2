import GRDB
import Testing

@testable import SQLiteStore

/// Each question of the API has its index: no plan walks a whole table or sorts what an index could have in order.
@Suite struct QueryPlanTests {
    @Test(arguments: Question.allCases)
    func aQuestionUsesAnIndex(_ question: Question) throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let plan = try store.plan(question.sql)
        #expect(!plan.isEmpty)
        for step in plan {
            #expect(!step.contains("SCAN"), "\(question): \(step)")
            #expect(!step.contains("TEMP B-TREE"), "\(question): \(step)")
        }
        try store.close()
    }

    @Test(arguments: Question.allCases)
    func aQuestionNamesItsOwner(_ question: Question) {
        // Who asks is what the key tells; decisions and secrets are read for what the
        // owner was found to have, an alert proves whose it is, and who logs in is found by address or code. Operators and auditors see everybody's.
        let others: [Question] = [
            .keyOwner, .decisions, .anyonesHook, .hookSecrets, .anyonesSessions, .anyonesSession, .unclearTrades,
            .inDoubtTrades, .ambiguousTrades, .anyonesTrade, .anyonesEnding, .operatorsStop, .auditEntries, .people, .personByEmail, .personOfCode, .visit,
            .visits, .knownNetwork, .accessKey, .secondFactor,
        ]
        if others.contains(question) { return }
        #expect(question.sql.contains("owner = ?"), "\(question)")
    }

    @Test func theTestWouldSeeAFullScan() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        #expect(try store.plan("SELECT id FROM signal WHERE symbol = 'R_10'").contains { $0.contains("SCAN") })
        try store.close()
    }
}

extension SQLiteStore {
    /// SQLite's steps for a statement, one line each.
    func plan(_ sql: String) throws -> [String] {
        try pool.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments(Array(repeating: 1, count: sql.count { $0 == "?" }))).map {
                $0["detail"]
            }
        }
    }
}
