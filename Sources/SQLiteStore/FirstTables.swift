/// Migration 1. Never edit it.
///
/// Money is minor units; a row that has money names its currency and exponent once. Moments are milliseconds in broker
/// time. A signal's id is its 16 bytes, high word first.
enum FirstTables {
    /// What is no fact: who may ask, sealed tokens, answers given.
    static let kept = """
        CREATE TABLE instance (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            random BLOB NOT NULL CHECK (length(random) = 16)
        ) STRICT;
        INSERT INTO instance (id, random) VALUES (1, randomblob(16));

        CREATE TABLE sequence (
            name TEXT PRIMARY KEY,
            next INTEGER NOT NULL CHECK (next > 0)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO sequence (name, next) VALUES ('id', 1);

        CREATE TABLE owner (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL CHECK (name <> ''),
            created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE api_key (
            hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
            owner INTEGER NOT NULL REFERENCES owner (id),
            name TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE credential (
            account INTEGER PRIMARY KEY,
            owner INTEGER NOT NULL REFERENCES owner (id),
            login_id TEXT NOT NULL,
            is_virtual INTEGER NOT NULL CHECK (is_virtual IN (0, 1)),
            sealed BLOB NOT NULL CHECK (length(sealed) > 0)
        ) STRICT;

        CREATE TABLE idempotency (
            owner INTEGER NOT NULL,
            key TEXT NOT NULL,
            request_hash BLOB NOT NULL,
            status INTEGER NOT NULL,
            body BLOB NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (owner, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_by_age ON idempotency (at);

        """

    /// The facts. `intended` is the signal of a `buy_intended`: the same intent is never on record twice.
    static let journal = """
        CREATE TABLE journal (
            seq INTEGER PRIMARY KEY CHECK (seq > 0),
            owner INTEGER NOT NULL,
            owner_seq INTEGER NOT NULL CHECK (owner_seq > 0),
            at INTEGER NOT NULL,
            account INTEGER,
            session INTEGER,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            intended BLOB CHECK ((intended IS NOT NULL) = (kind = 'buy_intended')),
            UNIQUE (owner, owner_seq)
        ) STRICT;
        CREATE UNIQUE INDEX journal_intent ON journal (session, intended) WHERE intended IS NOT NULL;
        CREATE TRIGGER journal_keeps_its_facts BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END;
        CREATE TRIGGER journal_loses_no_facts BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'a fact is never deleted'); END;

        CREATE TABLE snapshot (
            seq INTEGER PRIMARY KEY,
            format INTEGER NOT NULL,
            state BLOB NOT NULL
        ) STRICT;

        """

    /// What follows from the facts and can be made again. References are checked at the commit: the rows of one turn
    /// come in the order of its facts.
    static let following = """
        CREATE TABLE account (
            id INTEGER PRIMARY KEY,
            owner INTEGER NOT NULL,
            broker TEXT NOT NULL,
            login_id TEXT NOT NULL,
            currency TEXT NOT NULL,
            exponent INTEGER NOT NULL,
            is_virtual INTEGER NOT NULL CHECK (is_virtual IN (0, 1)),
            is_removed INTEGER NOT NULL CHECK (is_removed IN (0, 1)),
            line TEXT NOT NULL CHECK (line IN ('down', 'catching_up', 'up', 'refused')),
            balance INTEGER NOT NULL,
            reserved INTEGER NOT NULL CHECK (reserved >= 0),
            open_exposure INTEGER NOT NULL CHECK (open_exposure >= 0),
            open_contracts INTEGER NOT NULL CHECK (open_contracts >= 0),
            is_in_doubt INTEGER NOT NULL CHECK (is_in_doubt IN (0, 1)),
            limits TEXT NOT NULL
        ) STRICT;
        CREATE INDEX account_of_owner ON account (owner);

        CREATE TABLE session (
            id INTEGER PRIMARY KEY,
            owner INTEGER NOT NULL,
            account INTEGER NOT NULL REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED,
            currency TEXT NOT NULL,
            exponent INTEGER NOT NULL,
            plan TEXT NOT NULL,
            phase TEXT NOT NULL CHECK (phase IN ('idle', 'starting', 'active', 'paused', 'stopping', 'stopped', 'failed')),
            pause TEXT CHECK ((pause IS NOT NULL) = (phase = 'paused')),
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            stopped_at INTEGER,
            last_trade_at INTEGER,
            failure TEXT,
            start_balance INTEGER NOT NULL,
            profit INTEGER NOT NULL,
            peak INTEGER NOT NULL,
            current_drawdown INTEGER NOT NULL,
            greatest_drawdown INTEGER NOT NULL,
            trades INTEGER NOT NULL,
            wins INTEGER NOT NULL,
            losses INTEGER NOT NULL,
            settled INTEGER NOT NULL,
            settled_stakes INTEGER NOT NULL,
            settled_possible_payouts INTEGER NOT NULL,
            day INTEGER,
            trades_today INTEGER NOT NULL,
            profit_today INTEGER NOT NULL,
            losses_in_a_row INTEGER NOT NULL,
            open_contracts INTEGER NOT NULL CHECK (open_contracts >= 0),
            unresolved INTEGER NOT NULL CHECK (unresolved >= 0),
            exposure INTEGER NOT NULL CHECK (exposure >= 0),
            waiting INTEGER NOT NULL CHECK (waiting >= 0)
        ) STRICT;
        CREATE INDEX session_of_owner ON session (owner);
        CREATE INDEX session_by_phase ON session (owner, phase);

        -- `number` is the order in which they were accepted: what pages walk along.
        CREATE TABLE signal (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
            owner INTEGER NOT NULL,
            session INTEGER,
            source TEXT NOT NULL,
            strategy TEXT,
            symbol TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('rise', 'fall', 'even', 'odd')),
            duration TEXT,
            issued_at INTEGER NOT NULL,
            valid_until INTEGER NOT NULL,
            accepted_at INTEGER NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('pending', 'intended', 'refused', 'expired', 'cancelled'))
        ) STRICT;
        CREATE INDEX signal_by_status ON signal (owner, status);

        -- Session 0 stands for none: no session was there to follow it.
        CREATE TABLE signal_decision (
            signal BLOB NOT NULL REFERENCES signal (id) DEFERRABLE INITIALLY DEFERRED,
            session INTEGER NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('pending', 'intended', 'refused', 'expired', 'cancelled')),
            refusal TEXT,
            at INTEGER NOT NULL,
            PRIMARY KEY (signal, session)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX signal_decision_pending ON signal_decision (session) WHERE status = 'pending';

        CREATE TABLE trade (
            number INTEGER PRIMARY KEY,
            owner INTEGER NOT NULL,
            account INTEGER NOT NULL REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED,
            session INTEGER NOT NULL REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
            signal BLOB NOT NULL REFERENCES signal (id) DEFERRABLE INITIALLY DEFERRED,
            symbol TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('rise', 'fall', 'even', 'odd')),
            duration TEXT NOT NULL,
            stake INTEGER NOT NULL CHECK (stake >= 0),
            currency TEXT NOT NULL,
            exponent INTEGER NOT NULL,
            intended_at INTEGER NOT NULL,
            day INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('intended', 'unsent', 'rejected', 'in_doubt', 'ambiguous', 'abandoned', 'open', 'settled')),
            rejection TEXT CHECK ((rejection IS NOT NULL) = (state = 'rejected')),
            contract_id INTEGER CHECK ((contract_id IS NOT NULL) = (state IN ('open', 'settled'))),
            bought_by INTEGER,
            price INTEGER CHECK ((price IS NOT NULL) = (contract_id IS NOT NULL)),
            possible_payout INTEGER,
            purchased_at INTEGER,
            settled_by INTEGER,
            payout INTEGER CHECK ((payout IS NOT NULL) = (state = 'settled')),
            settled_at INTEGER,
            UNIQUE (session, signal)
        ) STRICT;
        CREATE UNIQUE INDEX trade_contract ON trade (account, contract_id) WHERE contract_id IS NOT NULL;
        CREATE INDEX trade_of_owner ON trade (owner);
        CREATE INDEX trade_of_session ON trade (owner, session);

        -- Strategy '' stands for none: a signal from outside.
        CREATE TABLE refusal (
            session INTEGER NOT NULL REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
            strategy TEXT NOT NULL,
            code TEXT NOT NULL,
            owner INTEGER NOT NULL,
            refusal TEXT NOT NULL,
            count INTEGER NOT NULL CHECK (count > 0),
            last_at INTEGER NOT NULL,
            PRIMARY KEY (session, strategy, code)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE owner_standing (
            owner INTEGER PRIMARY KEY,
            emergency_stopped INTEGER NOT NULL CHECK (emergency_stopped IN (0, 1))
        ) STRICT;

        CREATE TABLE outside_trade (
            account INTEGER NOT NULL REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED,
            contract_id INTEGER NOT NULL,
            booking INTEGER NOT NULL,
            owner INTEGER NOT NULL,
            price INTEGER NOT NULL,
            currency TEXT NOT NULL,
            exponent INTEGER NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (account, contract_id, booking)
        ) STRICT, WITHOUT ROWID;
        """
}
