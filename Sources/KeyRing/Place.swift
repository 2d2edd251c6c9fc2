import Glibc

/// A file in a private directory, reached through the opened directory, so that what was checked is what is read.
struct Place {
    let path: String
    let parent: String
    let name: String

    /// An open directory. Closed by whoever opened it.
    struct Directory {
        let number: Int32
        func close() { _ = Glibc.close(number) }
    }

    let kind: Kind

    enum Kind {
        /// Of this user, who alone may read it.
        case own
        /// A credential that systemd hands over: it may belong to root, and a group may read it, for an access list shows as one.
        case credential
    }

    init(_ path: String, _ kind: Kind = .own) {
        self.kind = kind
        let cut = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        (self.path, name) = (path, cut.map { String(path[path.index(after: $0)...]) } ?? path)
        parent = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Makes the directory for this user alone, unless it is there.
    func makeDirectory() throws(KeyRingFileError) {
        guard mkdir(parent, 0o700) == 0 || errno == EEXIST else { throw .failed("mkdir", path: parent, code: errno) }
    }

    func openDirectory() throws(KeyRingFileError) -> Directory {
        guard !name.isEmpty, name != ".", name != ".." else { throw .failed("open", path: path, code: EISDIR) }
        let directory = Directory(number: open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard directory.number >= 0 else { throw errno == ENOENT ? .missing(path: parent) : .failed("open", path: parent, code: errno) }
        do throws(KeyRingFileError) {
            let found = try status(of: directory.number, path: parent)
            guard found.st_mode & (kind == .own ? 0o077 : 0o027) == 0 else {
                throw .wrongMode(path: parent, found: found.st_mode & 0o7777, expected: "0700, for this user alone")
            }
            return directory
        } catch {
            directory.close()
            throw error
        }
    }

    /// All of the file.
    func read(in directory: Directory) throws(KeyRingFileError) -> [UInt8] {
        // O_NONBLOCK, for opening a pipe would wait for its writer.
        let file = openat(directory.number, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            switch errno {
            case ENOENT: throw .missing(path: path)
            case ELOOP: throw .notAFile(path: path, found: "a symbolic link")
            case let code: throw .failed("open", path: path, code: code)
            }
        }
        defer { close(file) }
        let found = try status(of: file, path: path)
        guard found.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path, found: "no regular file") }
        // 0400 is as private as 0600: credentials that systemd hands over come so.
        let isPrivate = [0o600, 0o400].contains(found.st_mode & 0o7777) || kind == .credential && found.st_mode & 0o7337 == 0
        guard isPrivate else {
            throw .wrongMode(path: path, found: found.st_mode & 0o7777, expected: "0600")
        }
        guard found.st_size <= KeyRingFile.longest else {
            throw .malformed(path: path, "it has \(found.st_size) bytes, expected \(KeyRingFile.longest) at most")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= KeyRingFile.longest {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .failed("read", path: path, code: errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        throw .malformed(path: path, "it grew while it was read")
    }

    /// Writes a durable file of mode 0600 beside this one and returns its name. What an earlier attempt left is replaced.
    func writeBeside(_ bytes: [UInt8], in directory: Directory) throws(KeyRingFileError) -> String {
        let beside = ".\(name).\(getpid()).new"
        unlinkat(directory.number, beside, 0)
        let file = openat(directory.number, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .failed("create", path: "\(parent)/\(beside)", code: errno) }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .failed("write", path: "\(parent)/\(beside)", code: errno) }
            rest = rest.dropFirst(count)
        }
        // The umask may have taken more away than we ask for.
        guard fchmod(file, 0o600) == 0, fsync(file) == 0 else { throw .failed("fsync", path: "\(parent)/\(beside)", code: errno) }
        return beside
    }

    /// Writes zeros over a file and takes it away, unless it is not there.
    func wipe(_ name: String, in directory: Directory) throws(KeyRingFileError) {
        let file = openat(directory.number, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        if file < 0, errno == ENOENT { return }
        guard file >= 0 else { throw .failed("open", path: "\(parent)/\(name)", code: errno) }
        defer { close(file) }
        let found = try status(of: file, path: "\(parent)/\(name)")
        let zeros = [UInt8](repeating: 0, count: Int(min(found.st_size, off_t(KeyRingFile.longest))))
        guard pwrite(file, zeros, zeros.count, 0) == zeros.count, fsync(file) == 0, unlinkat(directory.number, name, 0) == 0 else {
            throw .failed("wipe", path: "\(parent)/\(name)", code: errno)
        }
    }

    /// A new name is durable when its directory is.
    func sync(_ directory: Directory) throws(KeyRingFileError) {
        guard fsync(directory.number) == 0 else { throw .failed("fsync", path: parent, code: errno) }
    }

    private func status(of file: Int32, path: String) throws(KeyRingFileError) -> stat {
        var found = stat()
        guard fstat(file, &found) == 0 else { throw .failed("fstat", path: path, code: errno) }
        guard found.st_uid == geteuid() || kind == .credential && found.st_uid == 0 else {
            throw .wrongOwner(path: path, found: found.st_uid, expected: geteuid())
        }
        return found
    }
}
