import Foundation
import GRDB
import TradingModel

/// Reads a row's columns from left to right, in the order that the statement names them, each as the type it must be.
struct Columns {
    private let row: Row
    private let table: String
    private var index = 0

    init(_ row: Row, of table: String) { (self.row, self.table) = (row, table) }

    func unreadable(_ expected: String) -> SQLiteStoreError { .unreadable(table: table, column: index - 1, expected: expected) }

    /// The next column made into a value, or nil when it is null.
    mutating func ifAny<Stored: DatabaseValueConvertible & StatementColumnConvertible, Value>(
        _ expected: String, _ make: (Stored) -> Value?
    ) throws -> Value? {
        index += 1
        if row.hasNull(atIndex: index - 1) { return nil }
        guard let stored = try? row.decode(Stored.self, atIndex: index - 1), let value = make(stored) else { throw unreadable(expected) }
        return value
    }

    mutating func next<Stored: DatabaseValueConvertible & StatementColumnConvertible, Value>(
        _ expected: String, _ make: (Stored) -> Value?
    ) throws -> Value {
        guard let value = try ifAny(expected, make) else { throw unreadable(expected) }
        return value
    }

    // MARK: Plain values

    mutating func whole() throws -> Int64 { try next("a whole number") { (stored: Int64) in stored } }
    mutating func wholeIfAny() throws -> Int64? { try ifAny("a whole number") { (stored: Int64) in stored } }
    mutating func small() throws -> Int32 { try next("a whole number of 32 bits") { (stored: Int64) in Int32(exactly: stored) } }
    mutating func smallIfAny() throws -> Int32? { try ifAny("a whole number of 32 bits") { (stored: Int64) in Int32(exactly: stored) } }
    mutating func flag() throws -> Bool { try next("0 or 1") { (stored: Int64) in stored == 0 ? false : stored == 1 ? true : nil } }
    mutating func text() throws -> String { try next("text") { (stored: String) in stored } }
    mutating func textIfAny() throws -> String? { try ifAny("text") { (stored: String) in stored } }
    mutating func bytes() throws -> [UInt8] { try next("bytes") { (stored: Data) in [UInt8](stored) } }
    mutating func word<Word: RawRepresentable<String>>(_ expected: String) throws -> Word { try next(expected) { (stored: String) in Word(rawValue: stored) } }

    // MARK: Words of trading

    mutating func owner() throws -> OwnerID { OwnerID(rawValue: try whole()) }
    mutating func account() throws -> AccountID { AccountID(rawValue: try whole()) }
    mutating func session() throws -> SessionID { SessionID(rawValue: try whole()) }
    mutating func signalID() throws -> SignalID { try next("a signal id of 16 bytes") { (stored: Data) in SignalID(stored: stored) } }
    mutating func moment() throws -> Timestamp { Timestamp(milliseconds: try whole()) }
    mutating func momentIfAny() throws -> Timestamp? { try wholeIfAny().map(Timestamp.init(milliseconds:)) }
    mutating func label() throws -> Label { try next("a label") { (stored: String) in Label(stored) } }
    mutating func labelIfAny() throws -> Label? { try ifAny("a label") { (stored: String) in Label(stored) } }
    mutating func symbol() throws -> Symbol { try next("a symbol") { (stored: String) in Symbol(stored) } }
    mutating func kind() throws -> ContractKind { try next("rise, fall, even or odd") { (stored: String) in ContractKind(name: stored) } }
    mutating func duration() throws -> ContractDuration { try next("a duration") { (stored: String) in ContractDuration(text: stored) } }
    mutating func durationIfAny() throws -> ContractDuration? { try ifAny("a duration") { (stored: String) in ContractDuration(text: stored) } }
    mutating func money(_ currency: Currency) throws -> Money { Money(minorUnits: try whole(), currency: currency) }
    mutating func moneyIfAny(_ currency: Currency) throws -> Money? { try wholeIfAny().map { Money(minorUnits: $0, currency: currency) } }

    /// From two columns: code and exponent.
    mutating func currency() throws -> Currency {
        let code = try text(), exponent = try whole()
        guard let currency = Currency(code, exponent: Int(exponent)) else { throw unreadable("an exponent of \(code)") }
        return currency
    }
}

extension SignalID {
    /// Its 16 bytes, high word first.
    var stored: Data {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Data($0) }
    }

    init?(stored: Data) {
        guard stored.count == 16 else { return nil }
        func word(_ bytes: Data) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(stored.prefix(8)), low: word(stored.suffix(8)))
    }
}

extension [UInt8] {
    /// The one value of a statement that always has one.
    static func fetchOne(_ db: Database, _ sql: String) throws -> [UInt8] {
        guard let data = try Data.fetchOne(db, sql: sql) else { throw DatabaseError(resultCode: .SQLITE_NOTFOUND, message: "no row", sql: sql) }
        return [UInt8](data)
    }
}

extension Money {
    /// Its minor units, for a row whose currency stands elsewhere in it.
    func units(in currency: Currency) -> Int64 {
        precondition(self.currency == currency, "an amount in \(self.currency) in a row of \(currency)")
        return minorUnits
    }
}
