import TradingEngine
import TradingModel
import TradingPorts

/// Migration 11: what the previous system stored. Never edit it.
enum PreviousTables {
    /// Beside the rows that follow from the journal.
    static let columns = """
        ALTER TABLE session ADD COLUMN hold INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE session ADD COLUMN previous_id TEXT;
        ALTER TABLE session ADD COLUMN previous TEXT;
        CREATE UNIQUE INDEX session_previous ON session (previous_id) WHERE previous_id IS NOT NULL;

        ALTER TABLE signal ADD COLUMN previous_id TEXT;
        CREATE UNIQUE INDEX signal_previous ON signal (previous_id) WHERE previous_id IS NOT NULL;

        ALTER TABLE trade ADD COLUMN previous_id TEXT;
        ALTER TABLE trade ADD COLUMN previous_status TEXT;
        ALTER TABLE trade ADD COLUMN previous TEXT;
        CREATE UNIQUE INDEX trade_previous ON trade (previous_id) WHERE previous_id IS NOT NULL;
        CREATE INDEX trade_previous_status ON trade (owner, previous_status) WHERE previous_status IS NOT NULL;
        CREATE INDEX trade_previous_sums ON trade (owner, currency, exponent, state, price, payout) WHERE previous_status IS NOT NULL;

        """

    /// What is no fact: who the previous system's users are here, and its bot settings without their secrets.
    static let kept = """
        CREATE TABLE previous_user (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            owner INTEGER NOT NULL UNIQUE REFERENCES owner (id),
            account INTEGER UNIQUE,
            email TEXT,
            name TEXT,
            -- What became of the token; null until it was dealt with.
            token TEXT CHECK (token IN ('none', 'sealed', 'unopened', 'login_taken'))
        ) STRICT;

        CREATE TABLE previous_settings (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            owner INTEGER NOT NULL REFERENCES owner (id),
            place INTEGER NOT NULL,
            broker TEXT NOT NULL,
            instrument TEXT NOT NULL,
            is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
            trades_per_day INTEGER NOT NULL,
            daily_loss INTEGER NOT NULL,
            risk_per_trade INTEGER NOT NULL,
            drawdown INTEGER NOT NULL,
            body TEXT NOT NULL
        ) STRICT;
        CREATE INDEX previous_settings_of_owner ON previous_settings (owner, place);
        """
}

extension TurnWriter {
    func apply(_ row: PreviousRow) throws {
        switch row {
        case .session(let id, let record):
            try run(.previousSession) {
                $0.add(record.key); $0.add(FactCodingParts.text(record)); $0.add(id.rawValue)
            }
            try requireOne("session", of: id)
        case .signal(let record, let acceptedAt):
            try insert(
                record.signal, status: record.status == "executed" ? .intended : record.status == "cancelled" ? .cancelled : .expired, key: record.key,
                acceptedAt)
        case .trade(let trade, let owner, let account, let session): try insert(trade, owner, account, session)
        }
    }

    private func insert(_ signal: Signal, status: SignalStatus, key: String?, _ acceptedAt: Timestamp) throws {
        try run(.previousSignal) {
            $0.add(signal.owner.rawValue); $0.add(signal.id); $0.add(signal.source); $0.add(signal.symbol.text); $0.add(signal.kind.name)
            $0.add(signal.issuedAt); $0.add(signal.validUntil); $0.add(acceptedAt); $0.add(status.rawValue); $0.add(key)
        }
    }

    private func insert(_ trade: ImportedTrade, _ owner: OwnerID, _ account: AccountID, _ session: SessionID) throws {
        // Where the signal itself is not on record, its trade tells of it.
        let origin = Signal(
            id: trade.signal, owner: owner, source: PreviousTables.source, symbol: trade.terms.symbol, kind: trade.terms.kind, issuedAt: trade.enteredAt,
            validUntil: trade.enteredAt)
        try insert(origin, status: .intended, key: nil, trade.enteredAt)
        let day = Int32(TradingDay.floorDivide(trade.enteredAt.milliseconds, 86_400_000))
        try run(.previousTrade) {
            $0.add(owner.rawValue); $0.add(account.rawValue); $0.add(session.rawValue); $0.add(trade.signal); $0.add(trade.terms.symbol.text)
            $0.add(trade.terms.kind.name); $0.add(trade.terms.duration.text); $0.add(trade.price.minorUnits); $0.add(trade.price.currency.code)
            $0.add(trade.price.currency.exponent); $0.add(trade.enteredAt); $0.add(day); $0.add(trade.isOpen ? "open" : "settled")
            // No booking is known.
            $0.add(trade.contract.rawValue); $0.add(0 as Int64); $0.add(trade.price.minorUnits); $0.add(max(0, trade.payout.minorUnits))
            $0.add(trade.enteredAt)
            $0.add(trade.isOpen ? nil : trade.payout.minorUnits)
            $0.add(trade.isOpen ? nil : trade.exitedAt ?? trade.enteredAt)
            $0.add(trade.key); $0.add(trade.status); $0.add(FactCodingParts.text(trade))
        }
    }
}

extension PreviousTables {
    /// Of a signal that only its trade tells of.
    static let source = Label("previous")!
}
