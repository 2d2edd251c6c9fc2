import AuditLog
import Foundation

/// The second place: a file of checkpoints, a line of JSON each, that is only ever added to. Best on another disk or
/// machine than the database.
struct CheckpointFile: Sendable {
    let path: String

    /// All of them in the order of the file, and the numbers of lines that are none. A last line without an end is one that
    /// a power failure cut: it is left out.
    func read() throws -> (checkpoints: [AuditCheckpoint], unreadable: [Int]) {
        guard FileManager.default.fileExists(atPath: path) else { return ([], []) }
        guard let data = FileManager.default.contents(atPath: path) else { throw CheckpointError(path: path, reason: "it cannot be read") }
        var lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        // What stands after the last line's end: nothing, or half a line.
        if !lines.isEmpty { lines.removeLast() }
        var checkpoints: [AuditCheckpoint] = [], unreadable: [Int] = []
        for (place, line) in lines.enumerated() where !line.isEmpty {
            if let checkpoint = AuditCheckpoint(line: line) { checkpoints.append(checkpoint) } else { unreadable.append(place + 1) }
        }
        return (checkpoints, unreadable)
    }

    /// Returns when it is on the disk.
    func add(_ checkpoint: AuditCheckpoint) throws {
        let file = Foundation.open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CheckpointError(path: path, reason: String(cString: strerror(errno))) }
        defer { close(file) }
        // Half a line of before must not spoil this one.
        let size = lseek(file, 0, SEEK_END)
        var last: UInt8 = 0x0a
        if size > 0 { _ = pread(file, &last, 1, size - 1) }
        let failure = Terminal.write((last == 0x0a ? "" : "\n") + checkpoint.line + "\n", to: file)
        guard failure == 0, fsync(file) == 0 else { throw CheckpointError(path: path, reason: String(cString: strerror(failure == 0 ? errno : failure))) }
    }
}

struct CheckpointError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path): \(reason)" }
}
