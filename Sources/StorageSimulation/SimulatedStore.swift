public import FaultSimulation
import Foundation
import GRDBSQLite
import SQLiteStore
public import TradingEngine
public import TradingModel
public import TradingPorts

/// The production store on a simulated disk: what one seed in twenty keeps its journal in.
public final class SimulatedStore: SimulatedStorage {
    private let disk = SimulatedDisk()
    private let folder: String
    private var store: SQLiteStore?
    private var path: String { folder + "/signalist.sqlite" }

    public init(owners: Int) throws {
        // The lock lies beside the file and is the system's own, so the folder has to be there.
        let template = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/signalist-simulate-XXXXXX"
        folder = try template.withCString { text in
            guard let copy = strdup(text), mkdtemp(copy) != nil else { throw CocoaError(.fileWriteUnknown) }
            defer { free(copy) }
            return String(cString: copy)
        }
        DiskFileSystem.mount(disk, on: folder)
        let store = try SQLiteStore.open(path, fileSystem: DiskFileSystem.name)
        for number in 1...owners { _ = try store.createOwner("owner \(number)") }
        self.store = store
    }

    deinit {
        store = nil
        DiskFileSystem.unmount(folder)
        // Only the lock's file and an empty one are there.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// After a start: the state that the store restores.
    public func start() throws -> RestoredJournal {
        if store == nil { store = try SQLiteStore.open(path, fileSystem: DiskFileSystem.name) }
        return try store!.restore()
    }

    /// True when another process could open the file, too.
    public func letsAnotherIn() -> Bool { (try? SQLiteStore.open(path, fileSystem: DiskFileSystem.name)) != nil }

    public var epoch: Int64 { store!.epoch }
    public func epochs(from sequence: Int64) throws -> [Int64] { try store!.epochs(from: sequence) }

    public func isOvertaken(writing entries: [JournalEntry]) throws -> Bool {
        let paused = store!, next = try SQLiteStore.open(path, fileSystem: DiskFileSystem.name, aroundTheLock: true)
        var isRefused = false
        do { try paused.write(entries, rows: []) } catch is StaleEpoch { isRefused = true }
        paused.waitForCheckpoint()
        try paused.close()
        store = next
        return isRefused
    }

    public func append(_ entries: [JournalEntry], rows: [RowChange]) throws -> JournalReceipt {
        let receipt = try store!.append(entries, rows: rows)
        // Whatever the store does beside the commit is done before time goes on, so that a seed is one run.
        store!.waitForCheckpoint()
        return receipt
    }

    public func keepSnapshot(_ state: EngineState, after sequence: Int64) throws {
        try store!.keepSnapshot(state, after: sequence)
        store!.waitForCheckpoint()
    }

    public func entries(from sequence: Int64) throws -> [JournalEntry] { try store!.read(from: sequence, limit: 1_000_000) }

    /// The process is gone, and with `power` everything that was not synced.
    public func die(power: Bool, _ random: inout SeededRandom) -> Int {
        store?.waitForCheckpoint()
        // Nobody closes the file in an orderly way: what SQLite would tidy up then, it finds at the next start.
        disk.stop()
        store = nil
        return disk.loseProcess(andPower: power, &random)
    }

    public func fail(after operations: Int, dying: Bool) { disk.fail(after: operations, dying ? .dead : .full) }
    public func heal() { disk.heal() }

    // MARK: Tables

    public func differencesToARebuild() throws -> [String] {
        let before = try SimulatedStore.tables.map(contents)
        try store!.rebuild()
        let after = try SimulatedStore.tables.map(contents)
        return zip(SimulatedStore.tables, zip(before, after)).filter { $1.0 != $1.1 }.map { table, rows in
            let (kept, made) = (rows.0.first { !rows.1.contains($0) }, rows.1.first { !rows.0.contains($0) })
            return "\(table): kept \(kept ?? "nothing more"), made \(made ?? "nothing more")"
        }
    }

    private static let tables = ["refusal", "outside_trade", "owner_standing", "trade", "signal_decision", "signal", "session", "account"]

    private func contents(of table: String) throws -> [String] {
        var connection: OpaquePointer?, statement: OpaquePointer?, lines: [String] = []
        defer { sqlite3_finalize(statement); sqlite3_close(connection) }
        guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, DiskFileSystem.name) == SQLITE_OK,
            sqlite3_prepare_v2(connection, "SELECT * FROM \(table)", -1, &statement, nil) == SQLITE_OK
        else { throw CocoaError(.fileReadUnknown) }
        while sqlite3_step(statement) == SQLITE_ROW {
            lines.append(
                (0..<sqlite3_column_count(statement)).map { column in
                    if sqlite3_column_type(statement, column) == SQLITE_BLOB, let bytes = sqlite3_column_blob(statement, column) {
                        return Data(bytes: bytes, count: Int(sqlite3_column_bytes(statement, column))).base64EncodedString()
                    }
                    return sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
                }.joined(separator: "|"))
        }
        return lines.sorted()
    }
}
