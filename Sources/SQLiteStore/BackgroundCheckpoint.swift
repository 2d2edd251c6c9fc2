import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log into the database while nobody waits for it. SQLite would do it within the commit that
/// makes the log too long, and that commit then takes many times as long as others.
///
/// It has a connection and a queue of its own; writers and readers go on meanwhile. When the log has been moved whole, the next
/// commit begins it anew. Should commits come so thick that it never is, the writer does it itself as before.
///
/// `@unchecked Sendable` because the connection is used on the queue only.
final class BackgroundCheckpoint: @unchecked Sendable {
    /// Pages in the log from which it is moved: half of what it may hold.
    static let pages = WriteAheadLog.pagesMost / 2
    /// Pages that must have come since the last time, when that could not move everything.
    static let pagesApart = WriteAheadLog.pagesMost / 8

    private struct State { var isRunning = false, isClosed = false, lastAt = 0, failures = 0 }
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "signalist.checkpoint")
    private let path: String
    private var connection: OpaquePointer?

    init(path: String) { self.path = path }

    deinit { sqlite3_close(connection) }

    /// Takes the place of SQLite's own checkpoints on this writer's connection, which must not outlive this object.
    func watch(_ db: Database) throws {
        guard let writer = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "the connection is closed") }
        sqlite3_wal_hook(
            writer,
            { context, writer, name, pages in
                guard let context else { return SQLITE_OK }
                let checkpoint = Unmanaged<BackgroundCheckpoint>.fromOpaque(context).takeUnretainedValue()
                // Its result is no matter of the commit, which is durable; the log is moved another time.
                if Int(pages) >= WriteAheadLog.pagesMost { sqlite3_wal_checkpoint_v2(writer, name, SQLITE_CHECKPOINT_PASSIVE, nil, nil) }
                checkpoint.grew(to: Int(pages))
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// After a commit, on its thread; returns at once.
    private func grew(to pages: Int) {
        let isDue = state.withLock { state in
            // The log began anew.
            if pages < state.lastAt { state.lastAt = 0 }
            guard pages >= BackgroundCheckpoint.pages, pages >= state.lastAt + BackgroundCheckpoint.pagesApart, !state.isRunning, !state.isClosed else {
                return false
            }
            (state.isRunning, state.lastAt) = (true, pages)
            return true
        }
        if isDue { queue.async { [self] in run() } }
    }

    private func run() {
        if connection == nil { connection = open() }
        // What fails is tried again by the next one, and by the writer in the end.
        let moved = connection.map { sqlite3_wal_checkpoint_v2($0, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil) == SQLITE_OK } ?? false
        state.withLock { state in
            state.isRunning = false
            if !moved { state.failures += 1 }
        }
    }

    private func open() -> OpaquePointer? {
        var new: OpaquePointer?
        // A connection that has read nothing yet does not know that there is a log, and would have nothing to move.
        if sqlite3_open_v2(path, &new, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK,
            sqlite3_exec(new, "SELECT count(*) FROM instance", nil, nil, nil) == SQLITE_OK
        {
            return new
        }
        sqlite3_close(new)
        return nil
    }

    /// Times that it could not do its work.
    var failures: Int { state.withLock(\.failures) }

    /// Returns when it is at work no more, and never will be again.
    func close() {
        state.withLock { $0.isClosed = true }
        queue.sync {
            sqlite3_close(connection)
            connection = nil
        }
    }

    /// Returns when what was begun is done; for tests.
    func wait() { queue.sync {} }
}
