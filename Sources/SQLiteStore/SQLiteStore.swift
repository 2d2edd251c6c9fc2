import GRDB
import Glibc
import Synchronization
public import TradingModel
import TradingPorts

/// Journal, tables that follow from it, and what else the server keeps, in one SQLite file. A commit has returned only
/// when it survives a power failure; the file belongs to one process at a time.
///
///     let store = try SQLiteStore.open("/var/lib/signalist/signalist.sqlite")
///     let journal = try store.restore()
///
/// It is `ReadableJournal` for the loop, `ReadModels` for the API and `SealedCredentials` for the vault.
public final class SQLiteStore: Sendable {
    /// Made once with the file and never changed, 16 bytes: what is sealed for this store opens in no other.
    public let instanceID: [UInt8]
    /// Where the file is, symbolic links followed.
    public let path: String

    /// The number of this opening: higher than that of every one before it.
    public let epoch: Int64

    let pool: DatabasePool
    /// For a row by its key, where the caller waits. Never one of the pool's readers: who waits for those may be the
    /// thread that a request which holds one needs to go on.
    let finder: DatabaseQueue
    let now: @Sendable () -> Timestamp
    /// Where the journal ends, and whether it may be written at all.
    let position: Mutex<Position>
    /// Keys that were asked for and found, so that a request need not read for its key. As many as there are keys.
    let keyOwners = Mutex(KeyOwners())
    /// Where the audit log ends, once it was looked at. Changed on the writer's queue only.
    let auditTip = Mutex<AuditTip?>(nil)
    /// Says of most new signals that they are new.
    let knownSignals: KnownSignals
    let checkpoint: BackgroundCheckpoint
    private let lock: FileLock

    struct Position {
        /// Sequence number of the next fact.
        var next: Int64
        /// A write failed: what is in memory is ahead of the journal.
        var isBroken = false
        /// Made with the first write, gone before the connection is.
        var writer: TurnWriter?
    }

    /// Opens the file, makes it when there is none, and brings its tables up to date.
    ///
    /// Throws `SQLiteStoreError` when another process has it, when it is damaged, not ours, or written by a newer
    /// program. `now` dates keys and remembered answers; no decision hangs on it.
    public static func open(_ path: String, now: @escaping @Sendable () -> Timestamp = WallClock.now) throws -> SQLiteStore {
        try open(path, fileSystem: nil, now: now)
    }

    /// The same on a VFS that was registered with SQLite under this name; it becomes the process's default, for connections are
    /// opened later, too. The lock beside the file stays the system's. For simulations of what a disk may do. With
    /// `aroundTheLock` a file that is in use is opened all the same, as where locks do not hold: what was open before is overtaken.
    package static func open(
        _ path: String, fileSystem: String?, aroundTheLock: Bool = false, now: @escaping @Sendable () -> Timestamp = WallClock.now
    ) throws -> SQLiteStore {
        let file = try StoreFile(path)
        let lock = try FileLock(beside: file.path, shared: aroundTheLock)
        do {
            try file.makePrivate()
            let pool = try StoreOpening.pool(file.path, fileSystem: fileSystem)
            do {
                let finder = try StoreOpening.finder(file.path)
                return try SQLiteStore(path: file.path, pool: pool, finder: finder, lock: lock, now: now)
            } catch {
                // The first error is the one to tell.
                try? pool.close()
                throw error
            }
        } catch {
            lock.release()
            throw StoreOpening.explained(error, path: file.path)
        }
    }

    private init(path: String, pool: DatabasePool, finder: DatabaseQueue, lock: FileLock, now: @escaping @Sendable () -> Timestamp) throws {
        (self.path, self.pool, self.finder, self.lock, self.now) = (path, pool, finder, lock, now)
        // Before anything else is written: whoever still has the file open writes no fact any more.
        epoch = try LeaseTable.take(pool)
        let newest: Int64
        (instanceID, newest, knownSignals) = try pool.read { db in
            (
                try [UInt8].fetchOne(db, "SELECT random FROM instance"), try Int64.fetchOne(db, sql: "SELECT max(seq) FROM journal") ?? 0,
                try KnownSignals(db)
            )
        }
        position = Mutex(Position(next: newest + 1))
        let checkpoint = BackgroundCheckpoint(path: path)
        self.checkpoint = checkpoint
        try pool.writeWithoutTransaction { try checkpoint.watch($0) }
    }

    /// Returns when what the last commit began beside itself is done.
    package func waitForCheckpoint() { checkpoint.wait() }

    /// Ends every connection and gives the file free. Nothing may be asked of the store afterwards.
    ///
    /// Everything is moved into the one file first, so that a copy of it is whole. Throws while a reader is at work; the
    /// file stays ours then, and nothing is lost.
    public func close() throws {
        checkpoint.close()
        position.withLock { $0.writer = nil }
        try finder.close()
        try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try pool.close()
        lock.release()
    }
}

/// The machine's clock, for dates that a person reads.
public enum WallClock {
    @Sendable public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
