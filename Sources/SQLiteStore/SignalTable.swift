import GRDB
import TradingModel
import TradingPorts

/// A signal's columns as they are read; the first is its place among all signals.
enum SignalTable {
    static let columns = "number, id, owner, session, source, strategy, symbol, kind, duration, stake, issued_at, valid_until, accepted_at, status"

    static func row(_ row: Row, _ db: Database) throws -> (number: Int64, row: SignalRow) {
        var columns = Columns(row, of: "signal")
        let number = try columns.whole()
        let signal = Signal(
            id: try columns.signalID(), owner: try columns.owner(), session: try columns.wholeIfAny().map(SessionID.init(rawValue:)),
            source: try columns.label(), strategy: try columns.labelIfAny(), symbol: try columns.symbol(), kind: try columns.kind(),
            duration: try columns.durationIfAny(), stake: try columns.textIfAny().map(FactCodingParts.money), issuedAt: try columns.moment(),
            validUntil: try columns.moment())
        let acceptedAt = try columns.moment()
        let status: SignalStatus = try columns.word("the status of a signal")
        return (number, SignalRow(signal: signal, acceptedAt: acceptedAt, status: status, decisions: try decisions(signal.id, db)))
    }

    private static func decisions(_ signal: SignalID, _ db: Database) throws -> [SignalDecisionRow] {
        let rows = try Row.fetchCursor(db.cachedStatement(sql: Question.decisions.sql), arguments: [signal.stored])
        var decisions: [SignalDecisionRow] = []
        while let row = try rows.next() {
            var columns = Columns(row, of: "signal_decision")
            let session = try columns.whole()
            let status: SignalStatus = try columns.word("the status of a decision")
            let refusal = try columns.textIfAny().map(FactCodingParts.refusal)
            decisions.append(
                SignalDecisionRow(session: session == 0 ? nil : SessionID(rawValue: session), status: status, refusal: refusal, at: try columns.moment()))
        }
        return decisions
    }
}
