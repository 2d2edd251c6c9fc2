public import TradingEngine
public import TradingModel

/// A change to a table that follows from a fact: what the API reads is written in the same transaction as the journal,
/// and can be rebuilt from it.
public enum RowChange: Sendable, Hashable {
    /// The account or session as it stands after this turn.
    indirect case account(AccountRow)
    indirect case session(SessionRow)
    indirect case signal(Signal, acceptedAt: Timestamp)
    indirect case decision(SignalID, SignalDecisionRow)
    /// Every decision of this signal that is still pending gets this status.
    case closePending(SignalID, SignalStatus, at: Timestamp)
    /// Every decision of this session that is still pending is refused for this reason: what waited waits no more.
    indirect case refusePending(SessionID, Refusal, at: Timestamp)
    indirect case trade(BuyIntent, owner: OwnerID)
    case tradeState(IntentID, TradeState)
    indirect case tradeRejected(IntentID, Rejection)
    indirect case tradeBought(IntentID, Contract)
    indirect case tradeSettled(IntentID, Settlement)
    indirect case refusals(SessionID, OwnerID, RefusalCount)
    case emergencyStop(OwnerID, Bool)
    /// Nil: it is lifted.
    indirect case operatorsStop(OperatorsStop?)
    case ownerLimits(OwnerID, ExposureLimits)
    /// What is kept of the previous system beside what a row of ours has.
    indirect case previous(PreviousRow)
    indirect case outsideTrade(AccountID, OwnerID, ContractID, TransactionID, price: Money, at: Timestamp)
    /// What an accepted signal came in. It follows from no fact: kept once, never made again.
    indirect case origin(SignalID, SignalOrigin)
}

/// A record of the previous system in the tables.
public enum PreviousRow: Sendable, Hashable {
    /// Beside the session's row, which is there.
    case session(SessionID, ImportedSession)
    /// Takes the place of the one that stood for it when a trade named it.
    case signal(ImportedSignal, acceptedAt: Timestamp)
    /// With a signal that stands for the one it came from, when there is none.
    case trade(ImportedTrade, owner: OwnerID, account: AccountID, session: SessionID)
}

/// From facts to row changes: pure, and the same for every store.
public enum Projection {
    /// `state` is the engine's after all of these facts.
    public static func rows(_ facts: [Fact], state: EngineState) -> [RowChange] {
        var rows: [RowChange] = [], accounts: [AccountID] = [], sessions: [SessionID] = []
        for fact in facts {
            if let account = fact.account, !accounts.contains(account) { accounts.append(account) }
            if let session = fact.session, !sessions.contains(session), fact.event.changesSession { sessions.append(session) }
            add(fact, to: &rows)
        }
        for id in accounts { if let account = state.accounts.find(id) { rows.append(.account(AccountRow(account))) } }
        for id in sessions { if let session = state.sessions.find(id) { rows.append(.session(SessionRow(session))) } }
        for fact in facts {
            if case .previous(.sessionImported(let record)) = fact.event { rows.append(.previous(.session(fact.session!, record))) }
        }
        return rows
    }

    private static func add(_ fact: Fact, to rows: inout [RowChange]) {
        #if SeededBugs
        if SeededBug.tablesMissRejections.isPlanted, case .buyRejected = fact.event { return }
        #endif
        switch fact.event {
        case .emergencyStopped: rows.append(.emergencyStop(fact.owner, true))
        case .emergencyStopLifted: rows.append(.emergencyStop(fact.owner, false))
        case .operatorsStopped(let reason, let by): rows.append(.operatorsStop(OperatorsStop(since: fact.at, by: by, reason: reason)))
        case .operatorsStopLifted: rows.append(.operatorsStop(nil))
        case .ownerLimitsSet(let limits, _): rows.append(.ownerLimits(fact.owner, limits))
        case .signalAccepted(let signal): rows.append(.signal(signal, acceptedAt: fact.at))
        case .signalCancelled(let id, _): rows.append(.closePending(id, .cancelled, at: fact.at))
        case .signalRefused(let id, let refusal, let waits):
            rows.append(.decision(id, SignalDecisionRow(session: fact.session, status: waits ? .pending : .refused, refusal: refusal, at: fact.at)))
            if let session = fact.session {
                rows.append(.refusals(session, fact.owner, RefusalCount(strategy: nil, refusal: refusal, count: 1, lastAt: fact.at)))
            }
        case .signalExpired(let id):
            rows.append(.decision(id, SignalDecisionRow(session: fact.session, status: .expired, refusal: nil, at: fact.at)))
        case .stopping, .stopped, .failed:
            rows.append(.refusePending(fact.session!, Refusal(.sessionNotActive), at: fact.at))
        case .refusalsCounted(let strategy, let refusal, let count):
            rows.append(.refusals(fact.session!, fact.owner, RefusalCount(strategy: strategy, refusal: refusal, count: count, lastAt: fact.at)))
        case .buyIntended(let intent):
            rows.append(.decision(intent.id.signal, SignalDecisionRow(session: fact.session, status: .intended, refusal: nil, at: fact.at)))
            rows.append(.trade(intent, owner: fact.owner))
        case .buyUnsent(let id): rows.append(.tradeState(id, .unsent))
        case .buyRejected(let id, let rejection): rows.append(.tradeRejected(id, rejection))
        case .buyInDoubt(let id, _): rows.append(.tradeState(id, .inDoubt))
        case .buyAmbiguous(let id, _): rows.append(.tradeState(id, .ambiguous))
        case .buyAbandoned(let id, _): rows.append(.tradeState(id, .abandoned))
        case .buyConfirmed(let id, let contract, _), .contractAdopted(let id, let contract): rows.append(.tradeBought(id, contract))
        case .settled(let id, let settlement, _), .settlementCorrected(let id, let settlement, _, _): rows.append(.tradeSettled(id, settlement))
        case .outsideTradeSeen(let contract, let transaction, let price):
            rows.append(.outsideTrade(fact.account!, fact.owner, contract, transaction, price: price, at: fact.at))
        case .previous(.signalImported(let signal)): rows.append(.previous(.signal(signal, acceptedAt: fact.at)))
        case .previous(.tradeImported(let trade)):
            rows.append(.previous(.trade(trade, owner: fact.owner, account: fact.account!, session: fact.session!)))
        default: break
        }
    }
}

extension Fact.Event {
    /// Does a session's row look different after it?
    var changesSession: Bool {
        switch self {
        case .refusalsCounted, .quoteAsked, .doubtLookedInto, .doubtResolved, .settlementOverdue, .previous(.tradeImported), .previous(.signalImported): false
        default: true
        }
    }
}
