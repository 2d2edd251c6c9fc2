import GRDB
import GRDBSQLite
import TradingModel
import TradingPorts

/// Settled trades as they lie in the table, one after the other: of a million of them nothing is made twice. Through
/// GRDB's rows the same takes several times as long.
enum SettledRows {
    static func each(_ db: Database, _ question: Question, _ arguments: StatementArguments, _ body: (SettledTrade) throws -> Void) throws {
        let statement = try db.cachedStatement(sql: question.sql)
        try statement.setArguments(arguments)
        let raw = statement.sqliteStatement
        sqlite3_reset(raw)
        defer { sqlite3_reset(raw) }
        var words = Words()
        while true {
            switch sqlite3_step(raw) {
            case SQLITE_ROW: try body(words.trade(raw))
            case SQLITE_DONE: return
            case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "reading settled trades", sql: question.sql)
            }
        }
    }

    /// The words of the rows so far with what they mean: there are few of them.
    private struct Words {
        private var symbols = Meanings<Symbol>(), kinds = Meanings<ContractKind>(), durations = Meanings<ContractDuration>(), currencies = Meanings<Currency>()

        /// The columns of `TradeTable.settledColumns`.
        mutating func trade(_ row: OpaquePointer) throws -> SettledTrade {
            let symbol = try symbols.of(row, 1, "a symbol") { Symbol($0) }
            let kind = try kinds.of(row, 2, "rise, fall, even or odd") { ContractKind(name: $0) }
            let duration = try durations.of(row, 3, "a duration") { ContractDuration(text: $0) }
            let exponent = Int(sqlite3_column_int64(row, 5))
            let currency = try currencies.of(row, 4, also: exponent, "a currency") { Currency($0, exponent: exponent) }
            return SettledTrade(
                account: AccountID(rawValue: sqlite3_column_int64(row, 0)), terms: ContractTerms(symbol: symbol, kind: kind, duration: duration),
                price: Money(minorUnits: sqlite3_column_int64(row, 6), currency: currency),
                payout: Money(minorUnits: sqlite3_column_int64(row, 7), currency: currency),
                purchasedAt: Timestamp(milliseconds: sqlite3_column_int64(row, 8)), settledAt: Timestamp(milliseconds: sqlite3_column_int64(row, 9)))
        }
    }

    private struct Meanings<Value> {
        private var known: [(bytes: [UInt8], also: Int, value: Value)] = []
        /// More different ones than this are read anew each time.
        private static var most: Int { 64 }

        mutating func of(_ row: OpaquePointer, _ column: Int32, also: Int = 0, _ expected: String, _ make: (String) -> Value?) throws -> Value {
            let count = Int(sqlite3_column_bytes(row, column))
            guard let start = sqlite3_column_text(row, column) else {
                throw SQLiteStoreError.unreadable(table: "trade", column: Int(column), expected: expected)
            }
            let bytes = UnsafeBufferPointer(start: start, count: count)
            for index in known.indices where known[index].also == also && known[index].bytes.elementsEqual(bytes) { return known[index].value }
            guard let value = make(String(decoding: bytes, as: UTF8.self)) else {
                throw SQLiteStoreError.unreadable(table: "trade", column: Int(column), expected: expected)
            }
            if known.count < Self.most { known.append((Array(bytes), also, value)) }
            return value
        }
    }
}
