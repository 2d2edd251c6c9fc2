import PlainJSON
import TradingEngine
import TradingModel

// Each fact's members, as they are written.
extension FactCoding {
    static func write(_ event: Fact.Event, to json: inout JSONWriter) {
        switch event {
        case .emergencyStopped(let by), .emergencyStopLifted(let by), .operatorsStopLifted(let by), .accountRemoved(let by), .sessionStarting(let by),
            .stopping(let by), .stopped(let by):
            json.member("by", by)
        case .ownerLimitsSet(let limits, let by), .accountLimitsSet(let limits, let by):
            json.memberObject("limits") { $0.members(of: limits) }
            json.member("by", by)
        case .realTradingSet(let isEnabled, let by):
            json.member("enabled", isEnabled)
            json.member("by", by)
        case .signalAccepted(let signal): json.members(of: signal)
        case .signalCancelled(let id, let by):
            json.member("signal", id.text)
            json.member("by", by)
        case .promiseLockSet(let seconds, let by):
            json.member("seconds", whole: seconds)
            json.member("by", by)
        case .raiseRequested(let raise): json.members(of: raise)
        case .raiseTakenBack(let id, let by):
            json.member("raise", whole: id)
            json.member("by", by)
        case .operatorsStopped(let reason, let by):
            json.member("reason", reason)
            json.member("by", by)
        case .accountAdded(let profile): json.members(of: profile)
        case .lineUp(let balance, let newest):
            json.member("balance", balance)
            json.member("newest", newest?.rawValue)
        case .lineDown(let cause, let clean):
            json.member("cause", cause)
            json.member("clean", clean)
        case .loginRefused(let code): json.member("code", code)
        case .circuitOpened(let cause, let until):
            json.member("cause", cause)
            json.member("until", until)
        case .balanceReported(let balance, let transaction):
            json.member("balance", balance)
            json.member("transaction", transaction?.rawValue)
        case .circuitClosed, .lookUpAsked: break
        case .lookUpEnded(let walkedTo): json.member("walked_to", walkedTo?.rawValue)
        case .outsideTradeSeen(let contract, let transaction, let price):
            json.member("contract", whole: contract.rawValue)
            json.member("transaction", whole: transaction.rawValue)
            json.member("price", price)
        case .sessionCreated(let plan, let by), .planChanged(let plan, let by):
            json.memberObject("plan") { $0.members(of: plan) }
            json.member("by", by)
        case .sessionStarted(let balance): json.member("balance", balance)
        case .paused(let cause, let by):
            json.members(of: cause)
            json.member("by", by)
        case .resumed(let by, let streakCleared, let peakCleared):
            json.member("by", by)
            json.member("streak_cleared", streakCleared)
            json.member("peak_cleared", peakCleared)
        case .failed(let evidence): json.member("evidence", evidence)
        case .dayOpened(let day, let from):
            json.member("day", day)
            json.member("from", from)
        case .signalRefused(let id, let refusal, let waits):
            json.member("signal", id.text)
            json.memberObject("refusal") { $0.members(of: refusal) }
            json.member("waits", waits)
        case .signalExpired(let id): json.member("signal", id.text)
        case .refusalsCounted(let strategy, let refusal, let count):
            json.member("strategy", strategy)
            json.memberObject("refusal") { $0.members(of: refusal) }
            json.member("count", whole: count)
        case .quoteAsked(let id, let terms, let stake):
            json.member("signal", id.text)
            json.members(of: terms)
            json.member("stake", stake)
        case .buyIntended(let intent): json.members(of: intent)
        case .buyUnsent(let id), .reservationReleased(let id): json.member("intent", id.text)
        case .buyConfirmed(let id, let contract, let balance):
            json.member("intent", id.text)
            json.memberObject("contract") { $0.members(of: contract) }
            json.member("balance", balance)
        case .doubtResolved(let id, let contract, let by):
            json.member("intent", id.text)
            json.member("contract", contract?.rawValue)
            json.member("by", by)
        case .buyRejected(let id, let rejection):
            json.member("intent", id.text)
            json.member("code", rejection.code)
        case .buyInDoubt(let id, let cause):
            json.member("intent", id.text)
            json.member("cause", cause)
        case .doubtLookedInto(let id, let proves):
            json.member("intent", id.text)
            json.member("proves", proves)
        case .buyAmbiguous(let id, let candidates):
            json.member("intent", id.text)
            json.memberArray("candidates") { json in for contract in candidates { json.object { $0.members(of: contract) } } }
        case .buyAbandoned(let id, let until):
            json.member("intent", id.text)
            json.member("until", until)
        case .contractAdopted(let id, let contract):
            json.member("intent", id.text)
            json.memberObject("contract") { $0.members(of: contract) }
        case .settled(let id, let settlement, let balance):
            json.member("intent", id.text)
            json.memberObject("settlement") { $0.members(of: settlement) }
            json.member("balance", balance)
        case .settlementCorrected(let id, let settlement, let was, let balance):
            json.member("intent", id.text)
            json.memberObject("settlement") { $0.members(of: settlement) }
            json.member("was", was)
            json.member("balance", balance)
        case .settlementOverdue(let contract): json.member("contract", whole: contract.rawValue)
        case .previous(.sessionImported(let session)): json.members(of: session)
        case .previous(.signalImported(let signal)): json.members(of: signal)
        case .previous(.tradeImported(let trade)): json.members(of: trade)
        case .previous(.accountConfirmed): break
        case .previous(.reviewAccepted(let by)): json.member("by", by)
        }
    }
}
