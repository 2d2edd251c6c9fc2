import GRDB
import GRDBSQLite
import TradingModel

/// One statement of the hot path, compiled once for as long as the writer's connection lives: arguments are bound and
/// it is run, with nothing in between. The same through GRDB's `Statement` takes 5 to 12 µs a row, this 1 to 3.
///
/// It is used where the connection is, on the writer's queue, and must be gone before that closes.
final class CompiledStatement {
    private let statement: OpaquePointer
    private let connection: OpaquePointer
    private let parameters: Int32

    init(_ sql: String, on connection: OpaquePointer) throws {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw DatabaseError.of(connection, code, sql) }
        (self.statement, self.connection, parameters) = (statement, connection, sqlite3_bind_parameter_count(statement))
    }

    deinit { sqlite3_finalize(statement) }

    /// Binds what `bind` adds, from the first argument on, and runs to the end. Nothing is read.
    func run(_ bind: (inout Arguments) -> Void = { _ in }) throws {
        var arguments = Arguments(statement)
        bind(&arguments)
        precondition(arguments.count == parameters, "\(arguments.count) arguments, expected \(parameters): \(String(cString: sqlite3_sql(statement)))")
        var code = arguments.code
        if code == SQLITE_OK { code = sqlite3_step(statement) }
        let failure = code == SQLITE_DONE ? nil : DatabaseError.of(connection, code, String(cString: sqlite3_sql(statement)))
        sqlite3_reset(statement)
        if let failure { throw failure }
    }

    /// Runs one that takes no arguments and gives one row, and gives what stands in its first column.
    func value() throws -> Int64 {
        defer { sqlite3_reset(statement) }
        let code = sqlite3_step(statement)
        guard code == SQLITE_ROW else { throw DatabaseError.of(connection, code, String(cString: sqlite3_sql(statement))) }
        return sqlite3_column_int64(statement, 0)
    }

    /// The arguments of one run, in their order.
    struct Arguments {
        private let statement: OpaquePointer
        private(set) var count: Int32 = 0
        /// The first that was not `SQLITE_OK`.
        private(set) var code = SQLITE_OK

        init(_ statement: OpaquePointer) { self.statement = statement }

        private mutating func took(_ code: Int32) { if self.code == SQLITE_OK { self.code = code } }

        /// SQLite makes a copy: the bytes may go when the call returns.
        private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

        mutating func add(_ value: Int64) {
            count += 1
            took(sqlite3_bind_int64(statement, count, value))
        }
        mutating func add(_ value: Int32) { add(Int64(value)) }
        mutating func add(_ value: Int) { add(Int64(value)) }
        mutating func add(_ flag: Bool) { add(flag ? 1 as Int64 : 0) }
        mutating func add(_ value: Int64?) { if let value { add(value) } else { addNull() } }
        mutating func add(_ moment: Timestamp) { add(moment.milliseconds) }
        mutating func add(_ moment: Timestamp?) { add(moment?.milliseconds) }

        mutating func add(_ text: String) {
            var text = text
            text.withUTF8 { add(utf8: $0) }
        }
        mutating func add(_ text: String?) { if let text { add(text) } else { addNull() } }
        /// Text that is UTF-8 already.
        mutating func add(utf8 bytes: [UInt8]) { bytes.withUnsafeBufferPointer { add(utf8: $0) } }
        private mutating func add(utf8 bytes: UnsafeBufferPointer<UInt8>) {
            count += 1
            bytes.withMemoryRebound(to: CChar.self) { took(sqlite3_bind_text(statement, count, $0.baseAddress, Int32($0.count), Arguments.copied)) }
        }
        mutating func add(_ label: Label) { add(label.text) }
        mutating func add(_ label: Label?) { add(label?.text) }

        /// Its 16 bytes.
        mutating func add(_ signal: SignalID) {
            count += 1
            withUnsafeBytes(of: (signal.high.bigEndian, signal.low.bigEndian)) {
                took(sqlite3_bind_blob(statement, count, $0.baseAddress, Int32($0.count), Arguments.copied))
            }
        }
        mutating func add(_ signal: SignalID?) { if let signal { add(signal) } else { addNull() } }

        mutating func add(blob bytes: [UInt8]) {
            count += 1
            bytes.withUnsafeBytes { took(sqlite3_bind_blob(statement, count, $0.baseAddress, Int32($0.count), Arguments.copied)) }
        }

        mutating func addNull() {
            count += 1
            took(sqlite3_bind_null(statement, count))
        }
    }
}

extension DatabaseError {
    /// What SQLite says of the call that just gave this code.
    static func of(_ connection: OpaquePointer, _ code: Int32, _ sql: String) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)), message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
}
