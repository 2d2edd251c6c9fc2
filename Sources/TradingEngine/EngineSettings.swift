public import TradingModel

/// Times that the engine works with. The defaults are the safe ones; a test makes them short.
public struct EngineSettings: Hashable, Sendable {
    /// A buy without an answer for so long is in doubt.
    public var answerWithinSeconds: Int64 = 10
    /// After a connection was closed cleanly, a request written on it may still be executed for so long.
    public var quarantineSeconds: Int64 = 30
    /// The same when our process or the network died with it: the broker's idle close comes on top.
    public var quarantineUncleanSeconds: Int64 = 150
    /// What the broker executed may stay out of its statement for so long.
    public var statementLagSeconds: Int64 = 30
    /// After it is proven that a buy did not happen, its stake is held for so long all the same.
    public var tombstoneSeconds: Int64 = 900
    /// A buy that was intended so long ago and is in doubt still may be called "not bought" by a person, once nothing sent on its
    /// connection can arrive any more: a statement that never closes its chain would hold up the account for good.
    public var doubtForPersonSeconds: Int64 = 900
    /// A contract that should have settled is asked for after so long, then at growing distances.
    public var settlementWithinSeconds: Int64 = 30
    /// The statement of an account with a running session is walked this often.
    public var sweepSeconds: Int64 = 300
    /// Refusals of a strategy with one code are one fact in so long.
    public var refusalsCountedSeconds: Int64 = 60
    /// A quote may be bought for so long after it came.
    public var quoteFreshSeconds: Int64 = 5
    /// A quote that did not come within this is asked for again.
    public var quoteWithinSeconds: Int64 = 15
    /// A payout that was too low stands for so long against further signals of a strategy, which may have many a minute.
    public var quoteStandsSeconds: Int64 = 60
    /// A strategy makes no signal of a tick that is older than this: what it tells is over. Ticks never come here; whoever runs the
    /// strategies goes by it.
    public var tickOldestSeconds: Int64 = 5
    /// Accounts that the broker calls real may trade. Until people and passwords exist nothing sets it.
    public var allowsRealTrading = false

    public init() {}

    /// N1 of the proof: how long after the connection closed nothing sent on it can newly appear.
    func proofSeconds(_ doubt: Doubt) -> Int64 {
        #if SeededBugs
        if SeededBug.quarantineTooShort.isPlanted { return quarantineSeconds + statementLagSeconds }
        #endif
        return (doubt.closedCleanly ? quarantineSeconds : quarantineUncleanSeconds) + statementLagSeconds
    }

    /// Whether a person may end this doubt without a proof: it is old, and N1 holds.
    public func isForPerson(_ doubt: Doubt, of intent: BuyIntent, at now: Timestamp) -> Bool {
        guard let closedAt = doubt.closedAt else { return false }
        return now >= intent.intendedAt.adding(seconds: doubtForPersonSeconds) && now >= closedAt.adding(seconds: proofSeconds(doubt))
    }

    /// Pause before the next look into a doubt, after so many looks: 2, 4, 8, 16, 32, then 60 seconds.
    func lookAgainSeconds(after looks: Int32) -> Int64 { looks >= 5 ? 60 : 2 << Int64(looks) }
}
