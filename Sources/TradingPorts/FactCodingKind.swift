public import TradingEngine

/// The word of each fact in the journal. They are never renamed, whatever the case in code is called.
public enum FactKind: String, Sendable, Hashable, CaseIterable {
    case emergencyStopped = "emergency_stopped"
    case emergencyStopLifted = "emergency_stop_lifted"
    case ownerLimitsSet = "owner_limits_set"
    case signalAccepted = "signal_accepted"
    case signalCancelled = "signal_cancelled"
    case promiseLockSet = "promise_lock_set"
    case raiseRequested = "raise_requested"
    case raiseTakenBack = "raise_taken_back"
    case operatorsStopped = "operators_stopped"
    case operatorsStopLifted = "operators_stop_lifted"

    case accountAdded = "account_added"
    case accountRemoved = "account_removed"
    case accountLimitsSet = "account_limits_set"
    case realTradingSet = "real_trading_set"
    case lineUp = "line_up"
    case lineDown = "line_down"
    case loginRefused = "login_refused"
    case circuitOpened = "circuit_opened"
    case circuitClosed = "circuit_closed"
    case balanceReported = "balance_reported"
    case lookUpAsked = "look_up_asked"
    case lookUpEnded = "look_up_ended"
    case outsideTradeSeen = "outside_trade_seen"

    case sessionCreated = "session_created"
    case sessionStarting = "session_starting"
    case sessionStarted = "session_started"
    case planChanged = "plan_changed"
    case paused = "session_paused"
    case resumed = "session_resumed"
    case stopping = "session_stopping"
    case stopped = "session_stopped"
    case failed = "session_failed"
    case dayOpened = "day_opened"
    case signalRefused = "signal_refused"
    case signalExpired = "signal_expired"
    case refusalsCounted = "refusals_counted"
    case quoteAsked = "quote_asked"

    case buyIntended = "buy_intended"
    case buyUnsent = "buy_unsent"
    case buyConfirmed = "buy_confirmed"
    case buyRejected = "buy_rejected"
    case buyInDoubt = "buy_in_doubt"
    case doubtLookedInto = "doubt_looked_into"
    case buyAmbiguous = "buy_ambiguous"
    case doubtResolved = "doubt_resolved"
    case buyAbandoned = "buy_abandoned"
    case reservationReleased = "reservation_released"
    case contractAdopted = "contract_adopted"
    case settled
    case settlementCorrected = "settlement_corrected"
    case settlementOverdue = "settlement_overdue"

    case previousSessionImported = "previous_session_imported"
    case previousSignalImported = "previous_signal_imported"
    case previousTradeImported = "previous_trade_imported"
    case accountConfirmed = "account_confirmed"
    case reviewAccepted = "review_accepted"
}

extension FactCoding {
    public static func kind(of event: Fact.Event) -> FactKind {
        switch event {
        case .emergencyStopped: .emergencyStopped
        case .emergencyStopLifted: .emergencyStopLifted
        case .ownerLimitsSet: .ownerLimitsSet
        case .signalAccepted: .signalAccepted
        case .signalCancelled: .signalCancelled
        case .promiseLockSet: .promiseLockSet
        case .raiseRequested: .raiseRequested
        case .raiseTakenBack: .raiseTakenBack
        case .operatorsStopped: .operatorsStopped
        case .operatorsStopLifted: .operatorsStopLifted
        case .accountAdded: .accountAdded
        case .accountRemoved: .accountRemoved
        case .accountLimitsSet: .accountLimitsSet
        case .realTradingSet: .realTradingSet
        case .lineUp: .lineUp
        case .lineDown: .lineDown
        case .loginRefused: .loginRefused
        case .circuitOpened: .circuitOpened
        case .circuitClosed: .circuitClosed
        case .balanceReported: .balanceReported
        case .lookUpAsked: .lookUpAsked
        case .lookUpEnded: .lookUpEnded
        case .outsideTradeSeen: .outsideTradeSeen
        case .sessionCreated: .sessionCreated
        case .sessionStarting: .sessionStarting
        case .sessionStarted: .sessionStarted
        case .planChanged: .planChanged
        case .paused: .paused
        case .resumed: .resumed
        case .stopping: .stopping
        case .stopped: .stopped
        case .failed: .failed
        case .dayOpened: .dayOpened
        case .signalRefused: .signalRefused
        case .signalExpired: .signalExpired
        case .refusalsCounted: .refusalsCounted
        case .quoteAsked: .quoteAsked
        case .buyIntended: .buyIntended
        case .buyUnsent: .buyUnsent
        case .buyConfirmed: .buyConfirmed
        case .buyRejected: .buyRejected
        case .buyInDoubt: .buyInDoubt
        case .doubtLookedInto: .doubtLookedInto
        case .buyAmbiguous: .buyAmbiguous
        case .doubtResolved: .doubtResolved
        case .buyAbandoned: .buyAbandoned
        case .reservationReleased: .reservationReleased
        case .contractAdopted: .contractAdopted
        case .settled: .settled
        case .settlementCorrected: .settlementCorrected
        case .settlementOverdue: .settlementOverdue
        case .previous(.sessionImported): .previousSessionImported
        case .previous(.signalImported): .previousSignalImported
        case .previous(.tradeImported): .previousTradeImported
        case .previous(.accountConfirmed): .accountConfirmed
        case .previous(.reviewAccepted): .reviewAccepted
        }
    }
}
