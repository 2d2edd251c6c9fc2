import Foundation
import Glibc

/// The server's socket for commands about keys: `control` in the data folder, for the same user on this machine alone.
/// Whoever may connect could read the database and the ring's file anyway; what takes an admin's password `KeyGate` knows.
///
/// One line of JSON in; any number of progress lines and then the outcome out. One connection at a time.
final class ControlSocket: Sendable {
    private let listener: Int32
    private let path: String

    /// Binds and serves on a thread of its own until `close`.
    init(folder: String, serve: @escaping @Sendable (KeyRequest, KeyProof?, _ progress: (Int, Int) -> Bool) -> KeyOutcome) throws {
        path = ControlSocket.path(folder)
        // Whoever has the database has the name: what is left there is of a server that died.
        unlink(path)
        listener = try ControlSocket.open(folder) { file, address, length in
            let before = umask(0o177)
            defer { umask(before) }
            return bind(file, address, length) == 0 && listen(file, 4) == 0
        }
        let listener = listener
        let thread = Thread {
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return
                }
                ControlSocket.answer(connection, serve)
                Glibc.close(connection)
            }
        }
        thread.name = "control"
        thread.start()
    }

    func close() {
        unlink(path)
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
    }

    static func path(_ folder: String) -> String { folder + "/control" }

    private static func answer(_ connection: Int32, _ serve: (KeyRequest, KeyProof?, (Int, Int) -> Bool) -> KeyOutcome) {
        guard isSameUser(connection) else { return }
        // Who says nothing keeps nobody else waiting for long.
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var lines = LineReader(connection, longest: KeyRequest.longest)
        guard let line = lines.next() else { return }
        guard let request = KeyRequest(line) else {
            _ = send(connection, KeyOutcome(error: ControlError.unknown).bytes)
            return
        }
        let outcome = serve(request, KeyProof(line)) { done, total in send(connection, Array("{\"done\":\(done),\"of\":\(total)}".utf8)) }
        _ = send(connection, outcome.bytes)
    }

    /// The kernel's `ucred`, which Glibc keeps to itself.
    private struct Peer {
        var pid: pid_t = 0
        var uid: uid_t = .max
        var gid: gid_t = .max
    }

    private static func isSameUser(_ connection: Int32) -> Bool {
        var peer = Peer(), length = socklen_t(MemoryLayout<Peer>.size)
        guard getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 else { return false }
        return peer.uid == geteuid()
    }

    // MARK: Both ends

    /// A socket of the folder's `control`, bound or connected by `join`. The folder is named by its open descriptor, for an address of a socket
    /// has room for a short path only.
    static func open(_ folder: String, _ join: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool) throws(ControlError) -> Int32 {
        let directory = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .system("open \(folder)", errno) }
        defer { Glibc.close(directory) }
        let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { throw .system("socket", errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("/proc/self/fd/\(directory)/control".utf8)) }
        let joined = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { join(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard joined else {
            let code = errno
            Glibc.close(file)
            throw .system(path(folder), code)
        }
        return file
    }

    /// All of a line; false when nobody takes it.
    static func send(_ file: Int32, _ line: [UInt8]) -> Bool {
        var rest = (line + [0x0a])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

enum ControlError: Error, CustomStringConvertible {
    case unknown
    case system(String, Int32)
    case silent

    var description: String {
        switch self {
        case .unknown: "the server does not know this command; it may be another version"
        case .system(let what, let code): "\(what): \(String(cString: strerror(code)))"
        case .silent: "the server ended before it answered; look at its log, and give the command again"
        }
    }
}

/// Lines of a socket.
struct LineReader {
    private let file: Int32
    private let longest: Int
    private var rest: [UInt8] = []

    init(_ file: Int32, longest: Int) { (self.file, self.longest) = (file, longest) }

    mutating func next() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = rest.firstIndex(of: 0x0a) {
                let line = Array(rest[..<end])
                rest.removeSubrange(...end)
                return line
            }
            guard rest.count <= longest else { return nil }
            let count = read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            rest += buffer[..<count]
        }
    }
}
