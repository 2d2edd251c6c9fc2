// The body that a signal comes in.

import TradingModel
import TradingService

/// What a client may say of a signal: what to buy and for how long it holds, never how much.
struct SignalRequest: Sendable {
    let symbol: Symbol
    let kind: ContractKind
    let duration: ContractDuration?
    let source: Label
    let strategy: Label?
    let session: SessionID?
    let issuedAt: Timestamp
    let validity: Validity

    enum Validity: Sendable {
        case seconds(Int64)
        case until(Timestamp)
    }

    static let names: Set<String> = ["symbol", "kind", "duration", "source", "strategy", "session", "validSeconds", "validUntil"]

    init(_ fields: Fields, now: Timestamp) throws(Problem) {
        symbol = try fields["symbol"].symbol()
        kind = try fields["kind"].kind()
        duration = try fields["duration"].ifGiven?.duration()
        source = try fields["source"].ifGiven?.label() ?? Call.by
        strategy = try fields["strategy"].ifGiven?.label()
        session = try fields["session"].ifGiven.map { field throws(Problem) in SessionID(rawValue: try field.integer(1...Int64.max)) }
        issuedAt = now
        let seconds = try fields["validSeconds"].ifGiven?.integer(1...Signal.validSecondsMost)
        guard let field = fields["validUntil"].ifGiven else {
            validity = .seconds(seconds ?? Signal.validSeconds)
            return
        }
        guard seconds == nil else { throw field.wrong("validSeconds or validUntil, not both") }
        let until = try field.moment()
        guard until > now, until <= now.adding(seconds: Signal.validSecondsMost) else {
            throw field.wrong("a moment after \(now), at most \(Signal.validSecondsMost) s later")
        }
        validity = .until(until)
    }

    private var validUntil: Timestamp {
        switch validity {
        case .seconds(let seconds): issuedAt.adding(seconds: seconds)
        case .until(let moment): moment
        }
    }

    /// Without a key of the client's each request is a signal of its own.
    func signal(owner: OwnerID, clientKey: String?) -> Signal {
        var chance = SystemRandomNumberGenerator()
        let id = clientKey.map { SignalIdentity.id(owner: owner, source: source, key: $0) } ?? SignalID(high: chance.next(), low: chance.next())
        return Signal(
            id: id, owner: owner, session: session, source: source, strategy: strategy, symbol: symbol, kind: kind, duration: duration,
            issuedAt: issuedAt, validUntil: validUntil)
    }

    /// A key that comes again must bring the same signal. When it was issued may differ, how long it holds may not.
    func expectSame(as other: Signal) throws(Problem) {
        let holdsAlike =
            switch validity {
            case .seconds(let seconds): other.validUntil.milliseconds(since: other.issuedAt) == seconds * 1_000
            case .until(let moment): other.validUntil == moment
            }
        guard holdsAlike, other.session == session, other.source == source, other.strategy == strategy, other.symbol == symbol,
            other.kind == kind, other.duration == duration
        else { throw Problem(.idempotencyKeyReused, field: "Idempotency-Key") }
    }
}
