import Foundation
import PlainJSON
import TradingModel

/// Each frame both ways as one JSON line, for judging a conversation afterwards. Tokens are masked before they get here.
final class FrameLog {
    enum Direction: String { case `in`, out }
    private let file: FileHandle

    init(path: String) throws {
        if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
    }

    /// `frame` is JSON text.
    func write(_ frame: [UInt8], _ direction: Direction, connection: Int, at now: Timestamp) {
        var json = JSONWriter(capacity: frame.count + 80)
        json.object { json in
            json.member("t", now.milliseconds)
            json.member("connection", connection)
            json.member("direction", direction.rawValue)
            json.key("frame")
            json.raw(frame)
        }
        // A log that cannot be written must not stop a broker.
        try? file.write(contentsOf: json.bytes + [0x0a])
    }
}
