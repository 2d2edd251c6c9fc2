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

    static let upsert = """
        INSERT INTO account (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
            is_removed = excluded.is_removed, line = excluded.line, balance = excluded.balance, reserved = excluded.reserved,
            open_exposure = excluded.open_exposure, open_contracts = excluded.open_contracts, is_in_doubt = excluded.is_in_doubt,
            limits = excluded.limits
        """

    static func row(_ row: Row) throws -> AccountRow {
        var columns = Columns(row, of: "account")
        let id = try columns.account(), owner = try columns.owner(), broker = try columns.label(), loginID = try columns.label()
        let currency = try columns.currency()
        let profile = AccountProfile(broker: broker, loginID: loginID, currency: currency, isVirtual: try columns.flag())
        let isRemoved = try columns.flag()
        let line = try columns.next("the state of a line") { (stored: String) in Account.Line(word: stored) }
        return AccountRow(
            id: id, owner: owner, profile: profile, line: line, balance: try columns.money(currency), reserved: try columns.money(currency),
            openExposure: try columns.money(currency), openContracts: try columns.small(), isInDoubt: try columns.flag(),
            limits: try FactCodingParts.exposureLimits(try columns.text()), isRemoved: isRemoved)
    }
}

extension RowWriter {
    func write(_ row: AccountRow) throws {
        let currency = row.profile.currency
        try run(AccountTable.upsert, [
            row.id.rawValue, row.owner.rawValue, row.profile.broker.text, row.profile.loginID.text, currency.code, currency.exponent,
            row.profile.isVirtual, row.isRemoved, row.line.word, row.balance.units(in: currency), row.reserved.units(in: currency),
            row.openExposure.units(in: currency), row.openContracts, row.isInDoubt, FactCodingParts.text(row.limits),
        ])
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
