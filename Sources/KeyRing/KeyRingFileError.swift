import Glibc

/// Why a key ring file was not read or written: the path, what was found and what was expected.
public enum KeyRingFileError: Error, Hashable, Sendable {
    /// Neither the file nor, perhaps, its directory is there.
    case missing(path: String)
    /// There is something already where a new ring was to go.
    case exists(path: String)
    /// Others than the process's user may get at it.
    case wrongMode(path: String, found: UInt32, expected: String)
    case wrongOwner(path: String, found: UInt32, expected: UInt32)
    /// A symbolic link, a directory, a pipe.
    case notAFile(path: String, found: String)
    /// It is not the text of a key ring.
    case malformed(path: String, String)
    /// The ring at the path is not the one that the offered ring follows.
    case stale(path: String, stored: Int64, offered: Int64)
    /// The system refused: what was tried and its error number.
    case failed(String, path: String, code: Int32)
}

extension KeyRingFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let path): "\(path): there is no such file or directory"
        case .exists(let path): "\(path): there is a file already; a key ring is never replaced by a new one"
        case .wrongMode(let path, let found, let expected): "\(path): its mode is \(octal(found)), expected \(expected)"
        case .wrongOwner(let path, let found, let expected): "\(path): it belongs to user \(found), expected \(expected), the user of this process"
        case .notAFile(let path, let found): "\(path): it is \(found), expected a regular file"
        case .malformed(let path, let why): "\(path): it is no key ring: \(why)"
        case .stale(let path, let stored, let offered): "\(path): it is of epoch \(stored), so epoch \(stored + 1) may follow, not \(offered)"
        case .failed(let attempt, let path, let code): "\(path): \(attempt) failed: \(String(cString: strerror(code)))"
        }
    }

    private func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
