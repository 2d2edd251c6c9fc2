/// Where a session stands. Stopped and failed are final: a new run is a new session.
public enum SessionPhase: Hashable, Sendable, Codable {
    case idle
    /// Waits for the line and for what the broker sells.
    case starting
    case active
    case paused(PauseCause)
    /// No new buys; leaves for `stopped` once the last contract has settled.
    case stopping
    case stopped
    /// An invariant of its own was broken; the evidence is on record.
    case failed

    /// The word in our API.
    public var name: String {
        switch self {
        case .idle: "idle"
        case .starting: "starting"
        case .active: "active"
        case .paused: "paused"
        case .stopping: "stopping"
        case .stopped: "stopped"
        case .failed: "failed"
        }
    }

    /// It runs: its trading days roll over.
    public var isRunning: Bool {
        switch self {
        case .starting, .active, .paused, .stopping: true
        case .idle, .stopped, .failed: false
        }
    }

    public var hasEnded: Bool {
        switch self {
        case .stopped, .failed: true
        case .idle, .starting, .active, .paused, .stopping: false
        }
    }

    // What a request means in each phase: nil lets it happen, a decline says why not, `.alreadyThere` changes nothing.

    public enum Step: Hashable, Sendable { case go, alreadyThere, declined(Decline) }

    public func startRequested() -> Step {
        switch self {
        case .idle: .go
        case .starting, .active: .alreadyThere
        case .paused, .stopping: .declined(.sessionNotIdle)
        case .stopped, .failed: .declined(.sessionEnded)
        }
    }

    public func pauseRequested() -> Step {
        switch self {
        case .active: .go
        // A person's pause outranks a limit's: it does not end by itself.
        case .paused(.limitOfTheDay): .go
        case .paused: .alreadyThere
        case .idle, .starting, .stopping: .declined(.sessionNotActive)
        case .stopped, .failed: .declined(.sessionEnded)
        }
    }

    public func resumeRequested() -> Step {
        switch self {
        case .paused: .go
        case .active: .alreadyThere
        case .idle, .starting, .stopping: .declined(.sessionNotPaused)
        case .stopped, .failed: .declined(.sessionEnded)
        }
    }

    public func stopRequested() -> Step {
        switch self {
        case .idle, .starting, .active, .paused: .go
        // Asking twice is not an error.
        case .stopping, .stopped, .failed: .alreadyThere
        }
    }

    public func planChangeRequested() -> Step {
        switch self {
        case .idle, .starting, .active, .paused: .go
        case .stopping, .stopped, .failed: .declined(.sessionEnded)
        }
    }
}
