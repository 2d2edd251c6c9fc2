// What a benchmark is, and where it may write.

import Foundation

protocol Benchmark: Sendable {
    var name: String { get }
    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport
}

enum BenchmarkSize: String, Sendable {
    /// Large enough to measure.
    case full
    /// Small enough for a test of the benchmark itself.
    case smoke

    func pick<Parameters>(full: Parameters, smoke: Parameters) -> Parameters { self == .full ? full : smoke }
}

/// A folder below the current one, on the disk that the project lies on: in memory a commit would cost nothing.
struct ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.currentDirectoryPath + "/var/bench-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// Nothing is left to do when it cannot be removed.
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// Something came out otherwise than the benchmark needs it to measure anything.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
