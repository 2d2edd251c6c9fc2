import Glibc

/// Room for SQLite's write-ahead log, written once at the start. A commit that makes the log longer waits for the file
/// system's own journal too; one that only overwrites is durable in about half the time (measured: 115 µs, not 265).
enum WriteAheadLog {
    /// The most that the log holds before a commit itself moves it into the database: so many pages, each with a header of
    /// 24 bytes. `BackgroundCheckpoint` is there long before.
    static let pagesMost = 4_000
    static let bytes = 32 + pagesMost * (24 + StoreOpening.pageSize) + 1_048_576

    /// Lengthens the log with zeros, which SQLite passes over as it passes over what is left there from before. Nobody
    /// may be writing. SQLite's locks are on other files, so that closing this descriptor takes none away.
    static func makeRoom(beside path: String) throws(SQLiteStoreError) {
        let path = path + "-wal"
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, systemError()) }
        defer { close(descriptor) }
        var end = Int(lseek(descriptor, 0, SEEK_END))
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        while end < bytes {
            let count = pwrite(descriptor, zeros, min(zeros.count, bytes - end), off_t(end))
            guard count > 0 else { throw .cannotOpen(path: path, systemError()) }
            end += count
        }
        guard fsync(descriptor) == 0 else { throw .cannotOpen(path: path, systemError()) }
    }
}
