// Who may let more be lost than before, or let others propose trades: whoever has typed the password lately. A key types nothing, so where its
// owner is a person it may not; of an owner who is none the key of `signalist owner` is all there is.

import Logging
import People
import TradingEngine
import TradingModel
import TradingPorts

extension Call {
    func expectProven() throws(Problem) { if !people.isProven(caller) { throw Problem.unproven(caller) } }
}

extension Problem {
    /// What the caller is to do about it.
    static func unproven(_ caller: Caller) -> Problem { caller.visit == nil ? Problem(Decline.personNeeded) : Problem(.passwordNeeded) }
}

extension Input.Event {
    /// Whether it lets more be lost is for the engine to say; of these it may.
    var mayLetMoreBeLost: Bool {
        switch self {
        case .setAccountLimits, .setOwnerLimits, .setPromise, .createSession, .changePlan, .resumeSession, .liftEmergencyStop: true
        case .signal, .strategySignal, .cancelSignal, .addAccount, .removeAccount, .setRealTrading, .takeBackRaise, .startSession, .pauseSession, .stopSession,
            .acceptReview, .failSession, .emergencyStop, .operatorsStop, .liftOperatorsStop, .ask, .askPromise, .askCandidates, .resolveDoubt, .calendar,
            .broker, .deadline, .flush:
            false
        }
    }
}
