import Glibc

/// Where the database lies, with symbolic links followed: two names of one file are one store.
struct StoreFile {
    let path: String

    init(_ path: String) throws(SQLiteStoreError) {
        if let real = StoreFile.real(path) { self.path = real; return }
        // A file that is not there yet, in a folder that must be.
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        guard !name.isEmpty, let real = StoreFile.real(folder) else {
            throw .cannotOpen(path: path, "the folder \(folder) is not there")
        }
        self.path = (real == "/" ? "" : real) + "/" + name
    }

    private static func real(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    /// Makes the file if need be, readable by its owner alone; SQLite gives the files beside it the same mode.
    /// Before SQLite opens it: closing any descriptor of the file later would drop SQLite's own locks.
    func makePrivate() throws(SQLiteStoreError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, systemError()) }
        defer { Glibc.close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw .cannotOpen(path: path, systemError()) }
    }

    /// Puts the names of the files on the disk. SQLite does so too when it makes one, and says nothing when that fails: a
    /// power failure could then take the whole write-ahead log.
    static func syncFolder(of path: String) throws(SQLiteStoreError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, systemError()) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .cannotOpen(path: path, "its folder cannot be synced: \(systemError())") }
    }
}

/// What the system said last.
func systemError() -> String { String(cString: strerror(errno)) }
