import Crypto
import TradingModel

/// UUIDs (version 4 by their form) from our own names: 122 bits of their SHA-256.
enum PreviousID {
    static func uuid(_ name: String) -> String {
        var bytes = Array(SHA256.hash(data: Array(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { bytes[$0].hexText }.joined(separator: "-")
    }
}
