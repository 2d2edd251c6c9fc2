import Glibc
public import TradingModel

/// The key ring as a file: JSON, mode 0600, in a directory that is nobody else's. It lies outside the data folder, so
/// that a copy of the data is not a copy of the keys.
///
/// It is read only when it is a regular file of the process's user that no other user can read; a symbolic link is
/// refused. It is written beside itself, made durable and then put in place, so there is never half a ring.
public enum KeyRingFile {
    /// More than any ring needs; a larger file is refused before it is read.
    static let longest = 1 << 20

    /// - Parameter path: of the file; its directory and itself are checked before a byte is read.
    /// - Throws: what was found, where, and what was expected.
    public static func load(_ path: String) throws(KeyRingFileError) -> KeyRing { try KeyRingText.ring(try read(path, as: .own), path: path) }

    /// The bytes of a private file.
    static func read(_ path: String, as kind: Place.Kind) throws(KeyRingFileError) -> [UInt8] {
        let place = Place(path, kind)
        let directory = try place.openDirectory()
        defer { directory.close() }
        return try place.read(in: directory)
    }

    /// Makes a ring of one new key and puts it there. The directory is made with mode 0700 if it is missing; its parent
    /// must be there.
    /// - Throws: `exists` when there is anything at `path`: a ring that seals something is never replaced by chance.
    @discardableResult
    public static func create(_ path: String, at now: Timestamp) throws(KeyRingFileError) -> KeyRing {
        let ring = KeyRing.new(at: now)
        try put(ring, at: path)
        return ring
    }

    /// Puts a ring where there is none.
    /// - Throws: as `create`.
    public static func put(_ ring: KeyRing, at path: String) throws(KeyRingFileError) {
        try put(KeyRingText.bytes(of: ring), at: path)
    }

    /// The same for a file of secrets of any kind: a ring, an export.
    static func put(_ bytes: [UInt8], at path: String) throws(KeyRingFileError) {
        let place = Place(path)
        try place.makeDirectory()
        let directory = try place.openDirectory()
        defer { directory.close() }
        let written = try place.writeBeside(bytes, in: directory)
        // A link, for unlike a rename it refuses to replace what another process put there meanwhile.
        let linked = linkat(directory.number, written, directory.number, place.name, 0)
        let code = errno
        unlinkat(directory.number, written, 0)
        guard linked == 0 else { throw code == EEXIST ? .exists(path: path) : .failed("link", path: path, code: code) }
        try place.sync(directory)
    }

    /// The ring at `path`, made first if there is none.
    public static func loadOrCreate(_ path: String, at now: Timestamp) throws(KeyRingFileError) -> KeyRing {
        do throws(KeyRingFileError) { return try load(path) } catch {
            guard case .missing = error else { throw error }
        }
        do throws(KeyRingFileError) { return try create(path, at: now) } catch {
            guard case .exists = error else { throw error }
            return try load(path)  // Another process was faster.
        }
    }

    /// What becomes of the ring that is replaced.
    public enum Replaced: Sendable {
        /// It stays beside the new one as `path.previous`.
        case kept
        /// Its bytes and those of an earlier `path.previous` are written over: it holds a key that is being destroyed. What a
        /// file system or a disk keeps of them elsewhere is out of reach.
        case wiped
    }

    /// Puts a later ring in the place of the one at `path`.
    /// - Throws: `stale` unless its epoch is the stored one's plus one. Replacing is for one process at a time.
    public static func replace(_ path: String, with ring: KeyRing, _ replaced: Replaced = .kept) throws(KeyRingFileError) {
        let place = Place(path)
        let directory = try place.openDirectory()
        defer { directory.close() }
        let stored = try KeyRingText.ring(try place.read(in: directory), path: path)
        guard ring.epoch == stored.epoch + 1 else { throw .stale(path: path, stored: stored.epoch, offered: ring.epoch) }
        let written = try place.writeBeside(KeyRingText.bytes(of: ring), in: directory)
        let previous = place.name + ".previous"
        if replaced == .wiped { try place.wipe(previous, in: directory) }
        unlinkat(directory.number, previous, 0)
        guard linkat(directory.number, place.name, directory.number, previous, 0) == 0 else { throw .failed("link", path: path + ".previous", code: errno) }
        guard renameat(directory.number, written, directory.number, place.name) == 0 else { throw .failed("rename", path: path, code: errno) }
        try place.sync(directory)
        // Only now, for until here a crash must find a whole ring.
        if replaced == .wiped {
            try place.wipe(previous, in: directory)
            try place.sync(directory)
        }
    }
}
