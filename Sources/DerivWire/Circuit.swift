import TradingModel

/// Whether a line is to be trusted with a buy. It opens after repeated failures, when the broker says that it is asked too
/// much, and when no call is left for a buy; then nothing is bought. It closes when its time has passed and the broker
/// has answered a question since.
struct Circuit: Sendable {
    enum Cause: String, Sendable { case failures = "repeated failures", rateLimit = "rate limit", budget = "request budget" }

    /// Nil when it is closed.
    private(set) var until: Timestamp?
    private(set) var cause = Cause.failures
    /// The question whose answer closes it has left.
    var isProbed = false
    private var failures: [Timestamp] = []
    /// How often failures opened it in a row, without so long a calm between.
    private var openings = 0

    /// So many connections lost within `windowSeconds` open it.
    static let failuresMost = 5
    static let windowSeconds: Int64 = 300
    /// For 60, 120, 240, 480, then 600 seconds.
    static let shortestSeconds: Int64 = 60
    static let longestSeconds: Int64 = 600

    var isOpen: Bool { until != nil }

    /// A connection failed that was logged in or about to be. True when that opens the circuit.
    mutating func failed(at now: Timestamp) -> Bool {
        if let last = failures.last, now > last.adding(seconds: Circuit.windowSeconds) { openings = 0 }
        failures.removeAll { now > $0.adding(seconds: Circuit.windowSeconds) }
        failures.append(now)
        if failures.count > Circuit.failuresMost { failures.removeFirst() }
        isProbed = false
        // One more soon after opens it again, and while it is open makes it last.
        guard failures.count >= Circuit.failuresMost else { return false }
        if !isOpen || openings == 0 { openings += 1 }
        let seconds = min(Circuit.longestSeconds, Circuit.shortestSeconds << Int64(min(openings - 1, 4)))
        return open(.failures, until: now.adding(seconds: seconds))
    }

    /// True when it was closed.
    mutating func open(_ why: Cause, until moment: Timestamp) -> Bool {
        let wasClosed = until == nil
        if wasClosed { cause = why }
        postpone(until: moment)
        return wasClosed
    }

    /// It stays open until then at least.
    mutating func postpone(until moment: Timestamp) {
        until = max(until ?? moment, moment)
        isProbed = false
    }

    /// Whether a question must be asked now, whose answer may close it.
    func wantsProbe(at now: Timestamp) -> Bool { until.map { $0 <= now && !isProbed } ?? false }

    /// The broker answered, and nothing else speaks against it. True when that closes the circuit.
    mutating func answered(at now: Timestamp) -> Bool {
        guard let until, until <= now else { return false }
        self.until = nil
        isProbed = false
        return true
    }
}
