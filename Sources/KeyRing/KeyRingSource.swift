import Glibc
public import TradingModel

/// Where a key ring comes from.
public enum KeyRingSource: Hashable, Sendable {
    /// A credential that systemd hands over, `LoadCredential=` or `LoadCredentialEncrypted=`; the file's path.
    case credential(String)
    /// A private file; the only source that this program writes.
    case file(String)
    /// A program with arguments that prints the ring's JSON: the way to a vault or a key service.
    case command([String])
    /// The ring's JSON in an environment variable of this name. Children and `/proc` show it to others of this user.
    case environment(String)

    /// The credential's name below `$CREDENTIALS_DIRECTORY`.
    public static let credentialName = "signalist-key-ring"

    /// A command that has not ended after so long is given up.
    static let commandSeconds = 10

    public var canBeWritten: Bool { if case .file = self { true } else { false } }

    /// - Parameters:
    ///   - environment: the process's, for `environment`.
    ///   - now: when set, a file that is missing is made; it dates the new key.
    public func load(environment: [String: String] = [:], makingAt now: Timestamp? = nil) throws(KeyRingFileError) -> KeyRing {
        switch self {
        case .credential(let path): return try KeyRingText.ring(try KeyRingFile.read(path, as: .credential), path: path)
        case .file(let path): return if let now { try KeyRingFile.loadOrCreate(path, at: now) } else { try KeyRingFile.load(path) }
        case .command(let words): return try KeyRingText.ring(try CommandOutput.of(words, seconds: KeyRingSource.commandSeconds), path: words[0])
        case .environment(let name):
            guard let text = environment[name] else { throw .missing(path: "$\(name)") }
            return try KeyRingText.ring(Array(text.utf8), path: "$\(name)")
        }
    }
}

extension KeyRingSource: CustomStringConvertible {
    public var description: String {
        switch self {
        case .credential(let path): "credential \(path)"
        case .file(let path): "file \(path)"
        // Its arguments may say where secrets are.
        case .command(let words): "command \(words.first ?? "")"
        case .environment(let name): "environment variable \(name)"
        }
    }
}
