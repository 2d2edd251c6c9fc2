import TradingEngine
import TradingModel

// From facts to the points that a run reaches.
extension Reached {
    /// The points that a fact reaches.
    static func points(of event: Fact.Event) -> [Reached] {
        switch event {
        case .emergencyStopped: [.emergencyStopped]
        case .signalCancelled: [.signalCancelled]
        case .lineUp: [.lineUp]
        case .lineDown(_, let clean): [clean ? .lineDownClean : .lineDownUnclean]
        case .loginRefused: [.loginRefused]
        case .circuitOpened: [.circuitOpened]
        case .circuitClosed: [.circuitClosed]
        case .balanceReported: [.balanceReported]
        case .lookUpEnded(let walked): [walked == nil ? .lookUpWithGap : .lookUpClosed]
        case .outsideTradeSeen: [.outsideTradeSeen]
        case .planChanged: [.planChanged]
        case .paused(let cause, _):
            switch cause {
            case .person: [.pausedByPerson]
            case .limitOfTheDay: [.pausedForTheDay]
            case .limit: [.pausedByLimit]
            case .ambiguous, .adopted, .tokenRefused: []
            }
        case .resumed(_, let streak, let peak): [.resumed] + (streak ? [.streakCleared] : []) + (peak ? [.peakCleared] : [])
        case .accountRemoved: [.accountRemoved]
        case .stopping: [.stopping]
        case .stopped: [.stopped]
        case .failed: [.failed]
        case .dayOpened: [.dayOpened]
        case .signalRefused(_, _, let waits): waits ? [.signalWaited] : []
        case .signalExpired: [.signalExpired]
        case .quoteAsked: [.quoteAsked]
        case .buyIntended(let intent): intent.quotedPayout == nil ? [] : [.boughtByQuote]
        case .buyUnsent: [.unsent]
        case .buyConfirmed(_, _, let balance): [.bought] + (balance == nil ? [.confirmedFromStatement] : [])
        case .buyRejected: [.rejected]
        case .buyInDoubt: [.inDoubt]
        case .buyAmbiguous: [.ambiguous]
        case .buyAbandoned: [.abandoned]
        case .reservationReleased: [.released]
        case .contractAdopted: [.adopted]
        case .settled(_, _, let balance): [.settled] + (balance == nil ? [.settledWithoutBooking] : [])
        case .settlementCorrected: [.settlementCorrected]
        case .settlementOverdue: [.settlementOverdue]
        case .promiseLockSet: [.promiseSet]
        case .raiseTakenBack: [.raiseTakenBack]
        case .emergencyStopLifted, .operatorsStopped, .operatorsStopLifted, .doubtResolved, .ownerLimitsSet, .raiseRequested, .signalAccepted,
            .accountAdded, .accountLimitsSet, .realTradingSet, .lookUpAsked,
            .sessionCreated,
            .sessionStarting, .sessionStarted, .refusalsCounted, .doubtLookedInto, .previous:
            []
        }
    }
}
