import Foundation
import GRDB
import Testing
import TradingModel
import TradingPorts
import TradingTesting

@testable import SQLiteStore

/// A store keeps what it promises, or does not open and says why.
@Suite struct OpeningTests {
    // MARK: What it promises

    @Test func theWriterWaitsForTheDisk() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        for (setting, value) in [("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1")] {
            #expect(try store.pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(setting)") } == value, "\(setting)")
        }
        // Not undone by the first commits.
        for turn in ScriptedHistory().turns { try store.write(turn.entries, rows: turn.rows) }
        #expect(try store.pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA synchronous") } == "2")
        try store.close()
    }

    @Test func onlyItsOwnerReadsTheFiles() throws {
        let folder = try TemporaryFolder()
        #expect(FileManager.default.createFile(atPath: folder.database, contents: nil, attributes: [.posixPermissions: 0o644]))
        let store = try folder.open()
        let turn = ScriptedHistory().turns[0]
        try store.write(turn.entries, rows: turn.rows)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(files) == ["signalist.sqlite", "signalist.sqlite-wal", "signalist.sqlite-shm", "signalist.sqlite.lock"])
        for file in files {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + file)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(file)")
        }
        try store.close()
    }

    @Test func whatWasWrittenIsThereAfterOpeningAgain() throws {
        let folder = try TemporaryFolder(), history = ScriptedHistory()
        let first = try folder.open()
        for turn in history.turns.dropLast() { try first.write(turn.entries, rows: turn.rows) }
        let instance = first.instanceID
        try first.close()

        let second = try folder.open()
        #expect(second.instanceID == instance)
        #expect(instance.count == 16)
        let last = history.turns.last!
        try second.write(last.entries, rows: last.rows)
        #expect(try second.restore().state == history.state)
        try second.close()
    }

    /// The log's unused room is passed over when a file is opened whose process died.
    @Test func whatADeadProcessLeftIsThere() throws {
        let folder = try TemporaryFolder(), other = try TemporaryFolder(), history = ScriptedHistory()
        let store = try folder.open()
        for turn in history.turns { try store.write(turn.entries, rows: turn.rows) }
        for end in ["", "-wal"] { try FileManager.default.copyItem(atPath: folder.database + end, toPath: other.database + end) }
        let found = try other.open()
        #expect(try found.restore().state == history.state)
        #expect(try found.dump() == store.dump())
        try found.close()
        try store.close()
    }

    @Test func aCommitMakesTheLogNoLonger() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let log = folder.database + "-wal", before = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
        for turn in ScriptedHistory().turns { try store.write(turn.entries, rows: turn.rows) }
        #expect(try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int == before)
        #expect(before! >= WriteAheadLog.bytes)
        try store.close()
    }

    @Test func twoStoresHaveTwoInstances() throws {
        let (one, other) = (try TemporaryFolder(), try TemporaryFolder())
        let (first, second) = (try one.open(), try other.open())
        #expect(first.instanceID != second.instanceID)
        try first.close()
        try second.close()
    }

    // MARK: One process for one file

    @Test func aSecondStoreOfTheSameFileIsRefused() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        #expect(throws: SQLiteStoreError.inUse(path: store.path)) { try folder.open() }
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/other-name.sqlite", withDestinationPath: folder.database)
        #expect(throws: SQLiteStoreError.inUse(path: store.path)) { try SQLiteStore.open(folder.path + "/other-name.sqlite") }
        #expect(try otherProcessLocks(store.path) == false)
        // The refused ones took nothing from the first.
        let turn = ScriptedHistory().turns[0]
        try store.write(turn.entries, rows: turn.rows)
        try store.close()
        #expect(try otherProcessLocks(store.path))
        try folder.open().close()
    }

    @Test func eachOpeningRaisesTheEpochAndEveryFactSaysWhichWroteIt() throws {
        let folder = try TemporaryFolder(), turns = ScriptedHistory().turns
        var epochs: [Int64] = []
        for turn in turns.prefix(3) {
            let store = try folder.open()
            try store.write(turn.entries, rows: turn.rows)
            epochs.append(store.epoch)
            #expect(try store.epochs(from: turn.entries[0].sequence) == turn.entries.map { _ in store.epoch })
            for sql in ["UPDATE lease SET epoch = epoch", "UPDATE lease SET epoch = 1 WHERE epoch > 1", "DELETE FROM lease"] where store.epoch > 1 {
                #expect(throws: DatabaseError.self) { try store.pool.write { try $0.execute(sql: sql) } }
            }
            try store.close()
        }
        #expect(epochs == [1, 2, 3])
        // A copy of the file is a journal of its own from there on; what it goes on from is the same.
        try FileManager.default.copyItem(atPath: folder.database, toPath: folder.path + "/copy.sqlite")
        let copy = try SQLiteStore.open(folder.path + "/copy.sqlite")
        #expect(copy.epoch == 4 && copy.path != folder.database)
        try copy.close()
    }

    @Test func aStoreThatWasOvertakenSaysSoAndLeavesNothing() throws {
        let folder = try TemporaryFolder(), turns = ScriptedHistory().turns, older = try folder.open()
        try older.write(turns[0].entries, rows: turns[0].rows)
        let newer = try SQLiteStore.open(folder.database, fileSystem: nil, aroundTheLock: true)
        #expect(throws: StaleEpoch(own: 1, current: 2)) { try older.write(turns[1].entries, rows: turns[1].rows) }
        #expect(throws: SQLiteStoreError.broken(path: older.path)) { try older.write(turns[1].entries, rows: turns[1].rows) }
        #expect(try newer.read(from: 1, limit: 100) == turns[0].entries)
        #expect(try newer.auditEnd().sequence == 1, "nor does the audit log know of it")
        try newer.write(turns[1].entries, rows: turns[1].rows)
        try older.close()
        try newer.close()
    }

    private func otherProcessLocks(_ path: String) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["flock", "--nonblock", path + ".lock", "true"]
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    // MARK: What it refuses

    @Test func aNewerStoreIsRefusedAndLeftAlone() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        try store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 future')") }
        try store.close()
        let error = #expect(throws: SQLiteStoreError.self) { try folder.open() }
        #expect(error == .newer(path: store.path, migrations: ["99 future"]))
        #expect(error?.description.contains("newer signalist (it has 99 future)") == true)
        // It is not left locked.
        #expect(throws: SQLiteStoreError.newer(path: store.path, migrations: ["99 future"])) { try folder.open() }
    }

    @Test func anotherProgramsDatabaseIsRefusedAndLeftAlone() throws {
        let folder = try TemporaryFolder()
        let other = try DatabaseQueue(path: folder.database)
        try other.write { try $0.execute(sql: "CREATE TABLE bookmark (title TEXT)") }
        try other.close()
        #expect(throws: SQLiteStoreError.notOurs(path: URL(fileURLWithPath: folder.database).resolvingSymlinksInPath().path)) { try folder.open() }
        let again = try DatabaseQueue(path: folder.database)
        #expect(try again.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_master") } == ["bookmark"])
        try again.close()
    }

    @Test(arguments: [0, 16, 4_096, 4_100, 20_000])
    func aDamagedFileIsRefused(_ offset: UInt64) throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        for turn in ScriptedHistory().turns { try store.write(turn.entries, rows: turn.rows) }
        try store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.database))
        try file.seek(toOffset: offset)
        let bytes = try #require(try file.read(upToCount: 512))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data(bytes.map { $0 ^ 0xff }))
        try file.close()
        let error = #expect(throws: SQLiteStoreError.self) { try folder.open() }
        guard case .damaged(store.path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aCopyOfTheLockInAChildThatStartsHoldsNobodyUp() throws {
        let folder = try TemporaryFolder(), path = folder.database
        let lock = try FileLock(beside: path)
        // As fork does: another descriptor of the same open file.
        let copies = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }.filter { descriptor in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)"))?.hasSuffix(
                path.split(separator: "/").suffix(2).joined(separator: "/") + ".lock") ?? false
        }.map { dup($0) }
        defer { for copy in copies { close(copy) } }
        #expect(copies.count == 1)
        lock.release()
        let again = try FileLock(beside: path)
        again.release()
    }

    @Test func aTextFileIsNoDatabase() throws {
        let folder = try TemporaryFolder()
        try String(repeating: "not a database\n", count: 100).write(toFile: folder.database, atomically: true, encoding: .utf8)
        let error = #expect(throws: SQLiteStoreError.self) { try folder.open() }
        #expect(error?.description.contains("is damaged") == true)
    }

    @Test func aFolderThatIsNotThereIsNamed() throws {
        let error = #expect(throws: SQLiteStoreError.self) { try SQLiteStore.open("/no/such/folder/signalist.sqlite") }
        #expect(error == .cannotOpen(path: "/no/such/folder/signalist.sqlite", "the folder /no/such/folder is not there"))
    }

    // MARK: What it notices at a start

    @Test func aLostFactIsNamed() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        for turn in ScriptedHistory().turns { try store.write(turn.entries, rows: turn.rows) }
        try store.pool.write { try $0.execute(sql: "DROP TRIGGER journal_loses_no_facts; DELETE FROM journal WHERE seq = 27") }
        #expect(throws: SQLiteStoreError.self) { try store.restore() }
        // The last of an owner: its own sequence has no gap, the journal has.
        try store.pool.write { db in try db.execute(sql: "DELETE FROM journal WHERE owner = 2 AND seq > 20") }
        #expect(throws: SQLiteStoreError.gap(path: store.path, sequence: 25)) { try store.restore() }
        try store.close()
    }

    @Test func aFactThatCannotBeReadIsNamed() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        let turn = ScriptedHistory().turns[0]
        try store.write(turn.entries, rows: turn.rows)
        try store.pool.write { try $0.execute(sql: "DROP TRIGGER journal_keeps_its_facts; UPDATE journal SET kind = 'from_the_future' WHERE seq = 2") }
        #expect(throws: FactCodingError(sequence: 2, kind: "from_the_future", reason: .unknownKind)) { try store.restore() }
        try store.close()
    }
}
