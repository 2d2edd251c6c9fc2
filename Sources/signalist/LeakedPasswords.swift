import Crypto
import Foundation
import Logging
import TradingModel

/// A file of passwords that have leaked, which nobody may choose (`SIGNALIST_BLOCKED_PASSWORDS`).
///
/// Either one password a line, or the SHA-1 hashes of them in ascending order, a line each, in hexadecimal digits and with `:` and a count
/// behind or not: what Have I Been Pwned gives out. Hashes are looked up in the file, however long it is; words are kept in memory.
final class LeakedPasswords: Sendable {
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    private enum Kind {
        /// The first eight bytes of the SHA-256 of each.
        case words(Set<UInt64>)
        /// Bytes in the file.
        case hashes(size: Int)
    }

    private let kind: Kind
    private let file: FileHandle
    private let path: String
    /// A file of words is no longer than this: it is kept in memory.
    static let wordBytesMost = 128 << 20
    /// No line of hashes is longer.
    private static let lineMost = 64

    /// - Throws: `Unusable` with what is wrong: the file cannot be read, is empty, or its hashes are not in order.
    init(path: String) throws {
        self.path = path
        guard let file = FileHandle(forReadingAtPath: path) else { throw Unusable(description: "\(path) cannot be read") }
        self.file = file
        let size: Int, first: [UInt8]
        do {
            size = Int(try file.seekToEnd())
            first = try LeakedPasswords.bytes(of: file, from: 0, most: LeakedPasswords.lineMost)
        } catch { throw Unusable(description: "\(path) cannot be read: \(error.localizedDescription)") }
        guard size > 0 else { throw Unusable(description: "\(path) is empty") }
        guard LeakedPasswords.hash(in: first) == nil else {
            kind = .hashes(size: size)
            try areInOrder(size)
            return
        }
        guard size <= LeakedPasswords.wordBytesMost else {
            throw Unusable(
                description: "\(path) has \(size >> 20) MiB: expected sorted SHA-1 hashes, or words of at most \(LeakedPasswords.wordBytesMost >> 20) MiB")
        }
        let all = try LeakedPasswords.bytes(of: file, from: 0, most: size)
        kind = .words(
            Set(
                all.split { $0 == 0x0a || $0 == 0x0d }.map { line in
                    LeakedPasswords.short(
                        line.allSatisfy { $0 < 0x80 } ? line.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 } : LeakedPasswords.small(line))
                }))
    }

    /// Has it leaked, as it is or in small letters?
    /// - Throws: when the file cannot be read any more.
    func contains(_ password: String) throws -> Bool {
        let small = password.lowercased()
        switch kind {
        case .words(let words): return words.contains(LeakedPasswords.short(Array(small.utf8)))
        case .hashes(let size):
            return try Set([password, small]).contains { try isIn(Array(Insecure.SHA1.hash(data: Array($0.utf8))), size) }
        }
    }

    private static func small(_ line: some Sequence<UInt8>) -> [UInt8] { Array(String(decoding: Array(line), as: UTF8.self).lowercased().utf8) }
    private static func short(_ text: [UInt8]) -> UInt64 { SHA256.hash(data: text).prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    // MARK: Hashes in the file

    private func isIn(_ wanted: [UInt8], _ size: Int) throws -> Bool {
        var low = 0, high = size
        // Lines that begin in low..<high may be it.
        while low < high {
            let middle = low + (high - low) / 2
            guard let (start, hash) = try line(from: middle, below: high) else { high = middle; continue }
            if hash == wanted { return true }
            if hash.lexicographicallyPrecedes(wanted) { low = start + 1 } else { high = middle }
        }
        return false
    }

    /// The first line that begins at `place` or after it, and before `end`.
    private func line(from place: Int, below end: Int) throws -> (start: Int, hash: [UInt8])? {
        // From the byte before: a line begins where that is the end of one.
        let from = max(0, place - 1), bytes = try LeakedPasswords.bytes(of: file, from: from, most: 2 * LeakedPasswords.lineMost)
        var start = 0
        if place > 0 {
            guard let feed = bytes.firstIndex(of: 0x0a) else { return nil }
            start = feed + 1
        }
        guard from + start < end, start < bytes.count else { return nil }
        guard let hash = LeakedPasswords.hash(in: bytes[start...]) else {
            throw Unusable(description: "\(path): no SHA-1 hash in the line at byte \(from + start)")
        }
        return (from + start, hash)
    }

    /// At a hundred places each line has to come after the one before.
    private func areInOrder(_ size: Int) throws {
        var before: [UInt8]?
        for step in 0..<100 {
            guard let (start, hash) = try line(from: size / 100 * step, below: size) else { continue }
            if let before, hash.lexicographicallyPrecedes(before) {
                throw Unusable(description: "\(path): the hash at byte \(start) is not in ascending order")
            }
            before = hash
        }
    }

    /// The 20 bytes that a line of hashes begins with.
    private static func hash(in line: some Collection<UInt8>) -> [UInt8]? {
        let digits = line.prefix(40).map(\.hexValue)
        guard digits.count == 40, digits.allSatisfy({ $0 != nil }) else { return nil }
        if let next = line.dropFirst(40).first, ![0x3a, 0x0a, 0x0d].contains(next) { return nil }
        return stride(from: 0, to: 40, by: 2).map { UInt8(digits[$0]! << 4 | digits[$0 + 1]!) }
    }

    private static func bytes(of file: FileHandle, from place: Int, most: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: most), got = 0
        while got < most {
            let count = bytes.withUnsafeMutableBytes { pread(file.fileDescriptor, $0.baseAddress! + got, most - got, off_t(place + got)) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Unusable(description: String(cString: strerror(errno))) }
            if count == 0 { break }
            got += count
        }
        bytes.removeLast(most - got)
        return bytes
    }
}

extension LeakedPasswords {
    /// What the book of people asks. A file that cannot be read any more refuses nobody, and is told.
    /// - Throws: `ConfigurationError` when the file is not usable.
    static func asked(of path: String, _ logger: Logger) throws -> @Sendable (String) -> Bool {
        if path.isEmpty { return { _ in false } }
        let leaked: LeakedPasswords
        do { leaked = try LeakedPasswords(path: path) } catch {
            throw ConfigurationError(name: "SIGNALIST_BLOCKED_PASSWORDS", value: path, expected: "a file of words or of sorted SHA-1 hashes: \(error)")
        }
        return { password in
            do { return try leaked.contains(password) } catch {
                logger.error("the list of blocked passwords could not be asked", metadata: ["error": "\(error)"])
                return false
            }
        }
    }
}
