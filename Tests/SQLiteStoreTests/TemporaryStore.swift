import Foundation
import SQLiteStore
import TradingModel

/// A folder that is gone when the last who holds it is.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("signalist-store-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/signalist.sqlite" }

    func open(at now: Timestamp = Timestamp(seconds: 1_800_000_000)) throws -> SQLiteStore { try SQLiteStore.open(database, now: { now }) }
}
