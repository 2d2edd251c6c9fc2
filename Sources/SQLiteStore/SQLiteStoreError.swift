/// Why the store cannot be opened or used. Each names the file.
public enum SQLiteStoreError: Error, Hashable, Sendable {
    /// Another process, or another store in this one, has it open.
    case inUse(path: String)
    /// It cannot be made, read or locked; what the system said.
    case cannotOpen(path: String, String)
    /// It is no database, or one whose pages do not fit together.
    case damaged(path: String, String)
    /// A database, but of some other program.
    case notOurs(path: String)
    /// It has tables that this program does not know.
    case newer(path: String, migrations: [String])
    /// It would not keep what it promises to: a setting that durability hangs on is not what we set.
    case notDurable(path: String, setting: String, value: String, expected: String)
    /// A write to the journal failed before: memory is ahead of it. Start again from the journal.
    case broken(path: String)
    /// The journal leaves out a number: facts are lost.
    case gap(path: String, sequence: Int64)
    /// An owner's own sequence leaves out or repeats a number.
    case ownerGap(path: String, owner: Int64, facts: Int64, newest: Int64)
    /// A row holds what was never written there.
    case unreadable(table: String, column: Int, expected: String)
    /// A change to a row that is not there or not as it must be.
    case rowMissing(table: String, of: String)
}

extension SQLiteStoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .inUse(let path): "\(path) is in use: another signalist has it open (lock on \(path).lock)"
        case .cannotOpen(let path, let reason): "\(path) cannot be opened: \(reason)"
        case .damaged(let path, let reason): "\(path) is damaged: \(reason). Restore it from a backup; nothing was changed"
        case .notOurs(let path): "\(path) is the database of another program"
        case .newer(let path, let migrations):
            "\(path) was written by a newer signalist (it has \(migrations.joined(separator: ", "))). Use that one; nothing was changed"
        case .notDurable(let path, let setting, let value, let expected): "\(path): \(setting) is \(value), expected \(expected)"
        case .broken(let path): "\(path): a write to the journal failed before; start again from the journal"
        case .gap(let path, let sequence): "\(path): the journal has no fact \(sequence), but later ones"
        case .ownerGap(let path, let owner, let facts, let newest): "\(path): owner \(owner) has \(facts) facts, but the newest is number \(newest)"
        case .unreadable(let table, let column, let expected): "\(table), column \(column): expected \(expected)"
        case .rowMissing(let table, let what): "\(table): no row of \(what) that this change fits"
        }
    }
}
