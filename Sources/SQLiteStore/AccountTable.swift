import GRDB
import TradingEngine
import TradingModel
import TradingPorts

/// An account's columns, written and read in one order.
enum AccountTable {
    static let columns = """
        id, owner, broker, login_id, currency, exponent, is_virtual, is_removed, line, balance, reserved, open_exposure, \
        open_contracts, is_in_doubt, limits
        """

    /// What an owner is shown, with the mark of the token.
    static let shown = columns + ", coalesce((SELECT is_compromised FROM credential WHERE credential.account = account.id), 0)"

    static let upsert = """
        INSERT INTO account (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
            is_removed = excluded.is_removed, line = excluded.line, balance = excluded.balance, reserved = excluded.reserved,
            open_exposure = excluded.open_exposure, open_contracts = excluded.open_contracts, is_in_doubt = excluded.is_in_doubt,
            limits = excluded.limits
        """

    /// For an account whose row is there and differs in nothing else.
    static let figures = "UPDATE account SET balance = ?, reserved = ?, open_exposure = ?, open_contracts = ? WHERE id = ?"

    /// Of a row of `shown`.
    static func row(_ row: Row) throws -> AccountRow {
        var columns = Columns(row, of: "account")
        let id = try columns.account(), owner = try columns.owner(), broker = try columns.label(), loginID = try columns.label()
        let currency = try columns.currency()
        let profile = AccountProfile(broker: broker, loginID: loginID, currency: currency, isVirtual: try columns.flag())
        let isRemoved = try columns.flag()
        let line = try columns.next("the state of a line") { (stored: String) in Account.Line(word: stored) }
        var shown = AccountRow(
            id: id, owner: owner, profile: profile, line: line, balance: try columns.money(currency), reserved: try columns.money(currency),
            openExposure: try columns.money(currency), openContracts: try columns.small(), isInDoubt: try columns.flag(),
            limits: try FactCodingParts.exposureLimits(try columns.text()), isRemoved: isRemoved)
        shown.isTokenCompromised = try columns.flag()
        return shown
    }
}

extension AccountTable {
    static func add(_ row: AccountRow, to arguments: inout CompiledStatement.Arguments) {
        let currency = row.profile.currency
        arguments.add(row.id.rawValue); arguments.add(row.owner.rawValue); arguments.add(row.profile.broker); arguments.add(row.profile.loginID)
        arguments.add(currency.code); arguments.add(currency.exponent); arguments.add(row.profile.isVirtual); arguments.add(row.isRemoved)
        arguments.add(row.line.word); addMoney(row, to: &arguments); arguments.add(row.isInDoubt); arguments.add(FactCodingParts.text(row.limits))
    }

    /// In the order of `figures`.
    static func addFigures(_ row: AccountRow, to arguments: inout CompiledStatement.Arguments) {
        addMoney(row, to: &arguments)
        arguments.add(row.id.rawValue)
    }

    private static func addMoney(_ row: AccountRow, to arguments: inout CompiledStatement.Arguments) {
        let currency = row.profile.currency
        arguments.add(row.balance.units(in: currency)); arguments.add(row.reserved.units(in: currency))
        arguments.add(row.openExposure.units(in: currency)); arguments.add(row.openContracts)
    }
}

extension AccountRow {
    /// Everything that `AccountTable.figures` leaves alone is the same.
    func differsOnlyInFigures(from other: AccountRow) -> Bool {
        owner == other.owner && profile == other.profile && isRemoved == other.isRemoved && line == other.line
            && isInDoubt == other.isInDoubt && limits == other.limits
    }
}

extension Account.Line {
    var word: String {
        switch self {
        case .down: "down"
        case .catchingUp: "catching_up"
        case .up: "up"
        case .refused: "refused"
        }
    }

    init?(word: String) {
        guard let line = [Account.Line.down, .catchingUp, .up, .refused].first(where: { $0.word == word }) else { return nil }
        self = line
    }
}
