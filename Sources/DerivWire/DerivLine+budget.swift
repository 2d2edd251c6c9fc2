import TradingEngine
import TradingModel

// What leaves when: every request counts in the account's budget, waits there for its turn, and is asked again when the
// broker says that it was too much. And whether the line is to be trusted with a buy.
extension DerivLine {
    /// Calls that a login takes, and the look-up that follows it.
    private static let loginCalls = (general: 8, outcome: 2)

    /// Milliseconds until a login's requests may leave all together.
    mutating func waitsForLogin(at now: Timestamp) -> Int64 {
        let general = budget.waits([.general], .buy, count: DerivLine.loginCalls.general, at: now)
        let outcome = budget.waits([.outcome], .buy, count: DerivLine.loginCalls.outcome, at: now)
        return max(0, general?.milliseconds(since: now) ?? 0, outcome?.milliseconds(since: now) ?? 0)
    }

    /// What waits or was asked on a connection is forgotten with it: the engine asks again for what it still wants.
    mutating func forgetQuestions() {
        queue.removeAll()
        queueDueAt = nil
        budget.connectionLost()
        circuit.isProbed = false
    }

    mutating func sendWhatMay(at now: Timestamp) {
        while state == .ready || state == .loggingIn {
            let (question, until) = queue.next(&budget, at: now)
            guard let question else {
                // Who waits for an answer to a trial is woken by it.
                queueDueAt = until == .distantFuture ? nil : until
                return
            }
            actions.append(.send(question.frame(newRequest(question.purpose, question, at: now))))
        }
    }

    /// An answer of any kind but "too much": whoever waited for it goes on.
    mutating func served(_ purpose: RequestTable.Purpose, at now: Timestamp) {
        budget.served(purpose.groups, at: now)
        if !queue.isEmpty { sendWhatMay(at: now) }
    }

    /// The broker says that it is asked too much: what may be asked again is, after a pause that grows.
    mutating func limited(_ purpose: RequestTable.Purpose, _ question: Question?, at now: Timestamp) {
        budget.limited(purpose.groups, at: now)
        actions.append(.remark("\(purpose.name): RateLimit"))
        if let question { queue.add(question, first: true) }
        if budget.isLimited(.general), let until = budget.waits([.general], .buy, at: now), until != .distantFuture {
            open(circuit: .rateLimit, until: until, at: now)
        }
        sendWhatMay(at: now)
    }

    // MARK: Time

    /// False when no call is left for it.
    @discardableResult mutating func askTime(at now: Timestamp) -> Bool {
        timeAskedAt = now
        guard budget.waits([.general], .buy, at: now) == nil, !requests.isFull else { return false }
        actions.append(.send(Requests.time(newRequest(.time(sent: now), at: now))))
        return true
    }

    // MARK: The circuit

    mutating func mayBuy(at now: Timestamp) -> Bool { !circuit.isOpen && budget.waits([.general], .buy, at: now) == nil }

    /// Says so before the next buy is decided, when there is no call left for it.
    mutating func openCircuitWithoutRoom(at now: Timestamp) {
        guard budget.waits([.general], .buy, at: now) != nil, let until = budget.waits([.general], .buy, count: 5, at: now) else { return }
        open(circuit: .budget, until: until, at: now)
    }

    mutating func connectionFailed(at now: Timestamp) {
        if circuit.failed(at: now) { tellCircuit() }
    }

    private mutating func open(circuit cause: Circuit.Cause, until: Timestamp, at now: Timestamp) {
        if circuit.open(cause, until: until) { tellCircuit() }
    }

    /// The engine refuses what the line would not send.
    mutating func tellCircuit() {
        guard let until = circuit.until, let cause = Label(circuit.cause.rawValue) else { return }
        actions.append(.event(.circuitOpened(cause: cause, until: until)))
    }

    /// Asks what may close the circuit, once its time has passed.
    mutating func probeCircuit(at now: Timestamp) {
        guard circuit.wantsProbe(at: now) else { return }
        if askTime(at: now) { circuit.isProbed = true } else { circuit.postpone(until: now.adding(seconds: 1)) }
    }

    /// The broker answered the time.
    mutating func closeCircuit(at now: Timestamp) {
        guard circuit.isOpen, state == .ready else { return }
        if let until = budget.waits([.general], .buy, count: 5, at: now) { return circuit.postpone(until: min(until, now.adding(seconds: 60))) }
        if circuit.answered(at: now) { actions.append(.event(.circuitClosed)) }
    }

    var circuitDueAt: Timestamp? { circuit.isProbed ? nil : circuit.until }
}
