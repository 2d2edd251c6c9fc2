import Glibc
import Synchronization
import TradingModel

/// Says that a file is this store's alone, for as long as it is held; the system ends it with the process, however that
/// dies. SQLite's own locks are no use here: they let a second writer wait instead of refusing it.
final class FileLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// `shared` takes no lock: two then have the file, which only a test of what comes after wants.
    init(beside path: String, shared: Bool = false) throws(SQLiteStoreError) {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotOpen(path: path + ".lock", systemError()) }
        #if SeededBugs
        if SeededBug.sharesTheFile.isPlanted { self.descriptor = Mutex(descriptor); return }
        #endif
        if shared { self.descriptor = Mutex(descriptor); return }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let taken = errno == EWOULDBLOCK, reason = systemError()
            close(descriptor)
            throw taken ? .inUse(path: path) : .cannotOpen(path: path + ".lock", reason)
        }
        self.descriptor = Mutex(descriptor)
    }

    /// The lock's file stays: removing it would let two processes hold two locks of one name.
    func release() {
        descriptor.withLock { descriptor in
            if let descriptor {
                // A child process that is just being started holds a copy until it becomes another program: closing ours
                // alone would leave the file locked for that moment.
                flock(descriptor, LOCK_UN)
                close(descriptor)
            }
            descriptor = nil
        }
    }

    deinit { release() }
}
