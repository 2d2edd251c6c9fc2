import GRDB
import Testing
import TradingPorts
import TradingTesting

@testable import SQLiteStore

/// The promises of the ports, kept by the file on disk.
@Suite struct ConformanceTests {
    @Test(arguments: JournalConformance.allCases)
    func journal(_ check: JournalConformance) throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        var others: [SQLiteStore] = []
        func openAgain() throws -> any ReadableJournal {
            others.append(try SQLiteStore.open(folder.database, fileSystem: nil, aroundTheLock: true))
            return others.last!
        }
        try check.run(
            JournalUnderTest(store, openAgain: openAgain) {
                try store.pool.write { try $0.execute(sql: "UPDATE snapshot SET state = substr(state, 1, length(state) / 2)") }
            })
        for other in others { try other.close() }
        try store.close()
    }

    @Test(arguments: ReadModelsConformance.allCases)
    func readModels(_ check: ReadModelsConformance) async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        try await check.run(ReadModelsUnderTest(store, createOwner: store.createOwner) { try store.addKey($0, hash: $1, name: "test") })
        try store.close()
    }
}
