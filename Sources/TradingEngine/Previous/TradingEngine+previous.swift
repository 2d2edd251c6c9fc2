import TradingModel

// How a session of the previous system comes to buy again: its account is confirmed, and what is flagged was looked at.
extension TradingEngine {
    /// The line logged in, which it does only where login id, currency and kind of money are those of the account.
    mutating func accountConfirmed(_ id: AccountID, at now: Timestamp) {
        for session in state.sessions.elements where session.account == id && session.hold.contains(.token) && !session.phase.hasEnded {
            note(.previous(.accountConfirmed), about: session.id, at: now)
            review(session.id, at: now)
        }
    }

    mutating func acceptReview(_ id: SessionID, owner: OwnerID, by: Label, at now: Timestamp) -> Decline? {
        guard let session = state.sessions.find(id), session.owner == owner else { return .sessionNotFound }
        if session.phase.hasEnded { return .sessionEnded }
        if session.hold.contains(.broker) { return .brokerNotServed }
        guard session.hold.contains(.review) else { return .reviewNotAwaited }
        note(.previous(.reviewAccepted(by: by)), about: id, at: now)
        review(id, at: now)
        return nil
    }
}
