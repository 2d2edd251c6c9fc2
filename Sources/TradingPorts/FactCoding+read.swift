import TradingEngine
import TradingModel

// Each fact from its members: the mirror of `write`.
extension FactCoding {
    static func read(_ kind: FactKind, _ fields: FactFields) throws(FactFields.Unreadable) -> Fact.Event {
        switch kind {
        case .emergencyStopped: .emergencyStopped(by: try fields.label("by"))
        case .emergencyStopLifted: .emergencyStopLifted(by: try fields.label("by"))
        case .ownerLimitsSet: .ownerLimitsSet(try ExposureLimits(fields.object("limits")), by: try fields.label("by"))
        case .signalAccepted: .signalAccepted(try Signal(fields))
        case .signalCancelled: .signalCancelled(try fields.signalID("signal"), by: try fields.label("by"))
        case .promiseLockSet: .promiseLockSet(seconds: try fields.whole("seconds"), by: try fields.label("by"))
        case .raiseRequested: .raiseRequested(try Raise(fields))
        case .raiseTakenBack: .raiseTakenBack(try fields.whole("raise"), by: try fields.label("by"))
        case .operatorsStopped: .operatorsStopped(reason: try fields.text("reason"), by: try fields.label("by"))
        case .operatorsStopLifted: .operatorsStopLifted(by: try fields.label("by"))

        case .accountAdded: .accountAdded(try AccountProfile(fields))
        case .accountRemoved: .accountRemoved(by: try fields.label("by"))
        case .accountLimitsSet: .accountLimitsSet(try ExposureLimits(fields.object("limits")), by: try fields.label("by"))
        case .realTradingSet: .realTradingSet(try fields.flag("enabled"), by: try fields.label("by"))
        case .lineUp: .lineUp(balance: try fields.money("balance"), newest: try fields.transactionIfAny("newest"))
        case .lineDown: .lineDown(cause: try fields.label("cause"), clean: try fields.flag("clean"))
        case .loginRefused: .loginRefused(code: try fields.label("code"))
        case .circuitOpened: .circuitOpened(cause: try fields.label("cause"), until: try fields.moment("until"))
        case .circuitClosed: .circuitClosed
        case .balanceReported: .balanceReported(try fields.money("balance"), try fields.transactionIfAny("transaction"))
        case .lookUpAsked: .lookUpAsked
        case .lookUpEnded: .lookUpEnded(walkedTo: try fields.transactionIfAny("walked_to"))
        case .outsideTradeSeen:
            .outsideTradeSeen(try fields.contractID("contract"), TransactionID(rawValue: try fields.whole("transaction")), price: try fields.money("price"))

        case .sessionCreated: .sessionCreated(try SessionPlan(fields.object("plan")), by: try fields.label("by"))
        case .sessionStarting: .sessionStarting(by: try fields.label("by"))
        case .sessionStarted: .sessionStarted(balance: try fields.money("balance"))
        case .planChanged: .planChanged(try SessionPlan(fields.object("plan")), by: try fields.label("by"))
        case .paused: .paused(try PauseCause(fields), by: try fields.label("by"))
        case .resumed:
            .resumed(by: try fields.label("by"), streakCleared: try fields.flag("streak_cleared"), peakCleared: try fields.flag("peak_cleared"))
        case .stopping: .stopping(by: try fields.label("by"))
        case .stopped: .stopped(by: try fields.label("by"))
        case .failed: .failed(evidence: try fields.text("evidence"))
        case .dayOpened: .dayOpened(try fields.day("day"), from: try fields.moment("from"))
        case .signalRefused:
            .signalRefused(try fields.signalID("signal"), try Refusal(fields.object("refusal")), waits: try fields.flag("waits"))
        case .signalExpired: .signalExpired(try fields.signalID("signal"))
        case .refusalsCounted:
            .refusalsCounted(strategy: try fields.label("strategy"), try Refusal(fields.object("refusal")), count: try fields.whole("count"))
        case .quoteAsked: .quoteAsked(try fields.signalID("signal"), try ContractTerms(fields), stake: try fields.money("stake"))

        case .buyIntended: .buyIntended(try BuyIntent(fields))
        case .buyUnsent: .buyUnsent(try fields.intentID("intent"))
        case .buyConfirmed:
            .buyConfirmed(try fields.intentID("intent"), try Contract(fields.object("contract")), balance: try fields.moneyIfAny("balance"))
        case .buyRejected: .buyRejected(try fields.intentID("intent"), Rejection(code: try fields.label("code")))
        case .buyInDoubt: .buyInDoubt(try fields.intentID("intent"), cause: try fields.label("cause"))
        case .doubtLookedInto: .doubtLookedInto(try fields.intentID("intent"), proves: try fields.flag("proves"))
        case .buyAmbiguous:
            .buyAmbiguous(
                try fields.intentID("intent"),
                candidates: try fields.objects("candidates").map { element throws(FactFields.Unreadable) in try Contract(element) })
        case .doubtResolved:
            .doubtResolved(
                try fields.intentID("intent"), contract: try fields.wholeIfAny("contract").map(ContractID.init(rawValue:)), by: try fields.label("by"))
        case .buyAbandoned: .buyAbandoned(try fields.intentID("intent"), until: try fields.moment("until"))
        case .reservationReleased: .reservationReleased(try fields.intentID("intent"))
        case .contractAdopted: .contractAdopted(try fields.intentID("intent"), try Contract(fields.object("contract")))
        case .settled:
            .settled(try fields.intentID("intent"), try Settlement(fields.object("settlement")), balance: try fields.moneyIfAny("balance"))
        case .settlementCorrected:
            .settlementCorrected(
                try fields.intentID("intent"), try Settlement(fields.object("settlement")), was: try fields.money("was"),
                balance: try fields.moneyIfAny("balance"))
        case .settlementOverdue: .settlementOverdue(try fields.contractID("contract"))

        case .previousSessionImported: .previous(.sessionImported(try ImportedSession(fields)))
        case .previousSignalImported: .previous(.signalImported(try ImportedSignal(fields)))
        case .previousTradeImported: .previous(.tradeImported(try ImportedTrade(fields)))
        case .accountConfirmed: .previous(.accountConfirmed)
        case .reviewAccepted: .previous(.reviewAccepted(by: try fields.label("by")))
        }
    }
}
