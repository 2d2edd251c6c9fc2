import TradingModel

/// Times and sizes of a line to the broker, in broker seconds.
public struct LineSettings: Hashable, Sendable {
    /// The connection, the login and what follows it must be done within this.
    public var loginWithinSeconds: Int64 = 20
    /// Every other request is answered within this, or the line is given up.
    public var answerWithinSeconds: Int64 = 15
    /// A ping goes out when nothing was heard for so long.
    public var pingEverySeconds: Int64 = 15
    /// A line that stays silent so long after a ping is dead.
    public var pongWithinSeconds: Int64 = 10
    /// The broker's clock is asked for this often.
    public var timeEverySeconds: Int64 = 60
    /// And this often while our time may be ahead of it by more than `clockAheadMost` milliseconds: nothing is bought meanwhile.
    public var timeSoonSeconds: Int64 = 5
    public var clockAheadMost: Int64 = 2_000
    /// A token that was refused is tried again after so long.
    public var refusedPauseSeconds: Int64 = 600

    /// A buy that was intended longer ago than this is not sent.
    public var buyWithinSeconds: Int64 = 5
    /// A tick that claims to be so far ahead of broker time is none.
    public var tickAheadSeconds: Int64 = 60
    /// A connection that was up so long counts as steady: the next pause is short again.
    public var steadyAfterSeconds: Int64 = 60

    /// What the broker lets one user ask, until it says otherwise itself.
    public var callLimits = CallLimits.published

    /// Rows of the statement that are asked for at once; the broker gives 999 at most.
    public var statementPageRows = StatementWalk.pageSize

    public init() {
        #if SeededBugs
        if SeededBug.sendsLate.isPlanted { buyWithinSeconds = 3_600 }
        if SeededBug.asksRefusedTokensAtOnce.isPlanted { refusedPauseSeconds = 0 }
        #endif
    }
}
