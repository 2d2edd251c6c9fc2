import GRDB
import Synchronization
import TradingModel

/// Which signals are surely not on record. Every new signal is looked up before it is handed in, and nearly always it is
/// new: this says so without asking the database, which takes a fifth of the whole path to the broker. A Bloom filter
/// over the ids, which are hashes already: "not here" is certain, "perhaps" is looked up.
final class KnownSignals: Sendable {
    /// Room for so many signals at one wrong "perhaps" in some four hundred. With more it is wrong more often, never unsafe;
    /// the next start makes it larger.
    static let bitsEach = 16
    /// 512 KiB: a quarter of a million signals.
    static let leastBits = 1 << 22

    private let words: Mutex<[UInt64]>
    private let mask: UInt64

    /// With every id that is on record.
    init(_ db: Database) throws {
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM signal") ?? 0
        var bits = KnownSignals.leastBits
        while bits < 2 * count * KnownSignals.bitsEach { bits *= 2 }
        mask = UInt64(bits - 1)
        words = Mutex([UInt64](repeating: 0, count: bits / 64))
        let rows = try Row.fetchCursor(db, sql: "SELECT id FROM signal")
        while let row = try rows.next() {
            var columns = Columns(row, of: "signal")
            insert(try columns.signalID())
        }
    }

    /// Before the signal is committed: whoever learns of it must find it.
    func insert(_ id: SignalID) {
        words.withLock { words in for bit in places(id) { words[Int(bit >> 6)] |= 1 << (bit & 63) } }
    }

    /// False: it is certainly not on record.
    func mayContain(_ id: SignalID) -> Bool {
        words.withLock { words in places(id).allSatisfy { words[Int($0 >> 6)] & 1 << ($0 & 63) != 0 } }
    }

    /// Four places, from the four quarters of the id and their neighbours, so that large filters are used whole.
    private func places(_ id: SignalID) -> [UInt64] {
        let turned = [id.high, id.high >> 32 | id.low << 32, id.low, id.low >> 32 | id.high << 32]
        return turned.map { ($0 ^ $0 >> 29) & mask }
    }
}
