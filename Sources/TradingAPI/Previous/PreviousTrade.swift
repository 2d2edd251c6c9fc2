// `POST /api/deriv/trade`: one trade by hand. It is a signal of the source `manual` to the session that these endpoints
// mean, and goes the way of every signal: held against every limit, on record before it is sent, bought at most once.

import Hummingbird
import People
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum PreviousTrade {
    static let source = Label("manual")!
    /// Broker seconds for which what was asked holds: a price that a person saw is soon another.
    static let holdsSeconds: Int64 = 10
    /// Seconds of this machine that an answer waits for the broker's.
    static let waitsSeconds = 30

    /// The same `Idempotency-Key` is the same trade, however often it comes.
    static func place(_ call: Call) async throws -> Reply {
        let fields = try call.previousFields()
        let order = try Order(fields)
        guard let account = try await call.usableAccount() else {
            throw PreviousError(.badRequest, "No valid Deriv API token found. Please store a token first.")
        }
        let stake = try fields["amount"].money(account.profile.currency, atLeast: 1)
        let id = SignalID.asked(by: call, source: source)
        if let before = try await call.reads.signal(id, owner: call.owner) {
            try order.expectSame(as: before.signal, stake)
        } else {
            guard let session = try await call.previousSession() else {
                throw PreviousError(.badRequest, "Auto-trading is not running. Start it first: a trade is held against its limits")
            }
            let now = call.desk.clock.now()
            let signal = Signal(
                id: id, owner: call.owner, session: session.id, source: source, symbol: order.symbol, kind: order.kind, duration: order.duration,
                stake: stake, issuedAt: now, validUntil: now.adding(seconds: holdsSeconds))
            switch try await call.submit(.signal(signal), origin: SignalOrigin(.api, name: "POST /api/deriv/trade", key: call.idempotencyKey, body: call.body))
            {
            case .signal, .declined(.signalExists): break
            case .declined(let decline): throw Problem(decline)
            case .done, .risk, .candidates, .promise: preconditionFailure("a signal is answered with decisions")
            }
        }
        return try await outcome(of: id, stake, call)
    }

    /// What became of it, once that is known. What is still waiting then is taken back, so that nothing is bought after a "no".
    private static func outcome(of id: SignalID, _ stake: Money, _ call: Call) async throws -> Reply {
        try await call.desk.waitForOutcome(of: id, owner: call.owner, atMostSeconds: waitsSeconds)
        guard var row = try await call.reads.signal(id, owner: call.owner) else { throw Problem(Decline.signalNotFound) }
        if row.decisions.first?.status == .pending {
            // Declined means that it is decided by now.
            _ = try await call.submit(.cancelSignal(id, owner: call.owner, by: call.by))
            row = try await call.reads.signal(id, owner: call.owner) ?? row
            if row.decisions.first?.status == .intended {
                try await call.desk.waitForOutcome(of: id, owner: call.owner, atMostSeconds: waitsSeconds)
            }
        }
        guard let decision = row.decisions.first else { throw unknown }
        switch decision.status {
        case .pending: throw unknown
        case .refused, .expired, .cancelled:
            throw PreviousError(.badRequest, decision.refusal.map(text) ?? "signal_\(decision.status.rawValue)")
        case .intended: break
        }
        guard let session = decision.session, let trade = try await call.reads.trade(IntentID(session: session, signal: id), owner: call.owner) else {
            throw unknown
        }
        return try reply(trade)
    }

    private static func reply(_ trade: TradeRow) throws(PreviousError) -> Reply {
        switch trade.state {
        case .rejected: throw PreviousError(.internalServerError, "Trade placement failed: \(trade.rejection.map { "\($0.code)" } ?? "rejected")")
        case .unsent: throw PreviousError(.serviceUnavailable, "Trade placement failed: the line to the broker was lost before it was sent")
        case .abandoned: throw PreviousError(.internalServerError, "Trade placement failed: the broker does not know it")
        case .intended, .inDoubt, .ambiguous: throw unknown
        case .open, .settled: break
        }
        guard let contract = trade.contract else { preconditionFailure("\(trade.intent.id) is \(trade.state) without a contract") }
        return PreviousReply.data { json in
            json.object { json in
                json.member("tradeId", trade.intent.id.uuid)
                json.member("contractId", contract.id.description)
                json.member("symbol", trade.intent.terms.symbol.text)
                json.member("side", trade.intent.terms.kind.previousSide)
                json.member("entryPrice", number: contract.price)
                json.member("amount", number: trade.intent.stake.amount)
                // Asked again with its key it may have ended.
                json.member("status", PreviousTradeStatus.word(trade))
                json.member("timestamp", contract.purchasedAt)
            }
        }
    }

    /// Neither bought nor not bought: it may turn up.
    static let unknown = PreviousError(
        .gatewayTimeout, "The broker has not answered. Whether it was bought will be seen in positions; do not ask again without its Idempotency-Key")

    private static func text(_ refusal: Refusal) -> String { refusal.code.rawValue + (refusal.compared.map { " (\($0))" } ?? "") }

    /// What is to be bought, as the previous system named it.
    struct Order {
        let symbol: Symbol
        let kind: ContractKind
        let duration: ContractDuration

        static let kinds: [(String, ContractKind)] = [("CALL", .rise), ("RISE", .rise), ("PUT", .fall), ("FALL", .fall)]

        init(_ fields: Fields) throws {
            // An amount of 0 and an empty symbol counted as absent.
            let isGiven = ["symbol", "side", "amount"].allSatisfy { name in
                guard let value = fields[name].ifGiven?.value else { return false }
                return value.string != "" && value.number?.mantissa != 0
            }
            guard isGiven else { throw PreviousError(.badRequest, "Missing required fields: symbol, side, amount") }
            symbol = try fields["symbol"].symbol()
            let side: ContractKind = try fields["side"].word([("BUY", .rise), ("SELL", .fall)])
            kind = try fields["contract_type"].ifGiven?.word(Order.kinds) ?? side
            guard kind == side else { throw fields["contract_type"].wrong(side == .rise ? "CALL or RISE with side BUY" : "PUT or FALL with side SELL") }
            let count = try fields["duration"].ifGiven?.integer(1...86_400) ?? 5
            let unit: ContractDuration.Unit = try fields["duration_unit"].ifGiven?.word([("t", .ticks), ("s", .seconds)]) ?? .ticks
            guard let duration = ContractDuration(count, unit) else { throw fields["duration"].wrong("a number of ticks or seconds that a contract can last") }
            self.duration = duration
            for name in ["stopLoss", "takeProfit"] {
                if let field = fields[name].ifGiven, field.value?.number?.mantissa != 0 { throw field.wrong("nothing: such a contract has none") }
            }
            if fields["apiKey"].ifGiven != nil { throw PreviousError(.badRequest, "apiKey is not taken here; store the token with POST /api/deriv/token") }
        }

        /// A key that comes again must bring the same trade.
        func expectSame(as signal: Signal, _ stake: Money) throws {
            guard signal.symbol == symbol, signal.kind == kind, signal.duration == duration, signal.stake == stake else {
                throw Problem(.idempotencyKeyReused, field: "Idempotency-Key")
            }
        }
    }
}

extension SignalID {
    /// Named by the client's key; without one each request is a signal of its own.
    static func asked(by call: Call, source: Label) -> SignalID {
        var chance = SystemRandomNumberGenerator()
        return call.idempotencyKey.map { SignalIdentity.id(owner: call.owner, source: source, key: $0) } ?? SignalID(high: chance.next(), low: chance.next())
    }
}
