public import TradingModel

/// The line that tells of the market, as a value: bytes, questions and moments come in, actions go out. It logs in
/// nowhere. It is up while somebody asks or follows, and closes when nobody has for a while.
///
/// Its moments are those of this machine, not the broker's: what it waits for is a network.
public struct MarketLine: Sendable {
    public enum Action: Sendable {
        case connect(afterMilliseconds: Int64)
        case send([UInt8])
        case close
        case answer(UInt64, Result<MarketAnswer, MarketError>)
        case reading(MarketTopic, MarketReading)
        /// Nothing comes of this topic any more, or ever.
        case ended(MarketTopic, MarketError)
        /// The broker streams it now.
        case began(MarketTopic)
        case remark(String)
    }

    public enum State: Hashable, Sendable { case closed, waiting, connecting, ready }

    public private(set) var state = State.closed
    public var actions: [Action] = []
    let limits: MarketLineLimits
    private var backoff: Backoff
    private var budget: CallBudget
    private var nextRequest: Int64 = 1
    private var since = Timestamp(milliseconds: 0)
    private var heardAt = Timestamp(milliseconds: 0)
    private var usedAt = Timestamp(milliseconds: 0)
    private var isPinged = false

    struct Ask: Sendable { let number: UInt64, question: MarketQuestion, due: Timestamp; var request: Int64? }
    struct Following: Sendable { let topic: MarketTopic; var request: Int64?, subscription: String?, due: Timestamp?, last = Timestamp(milliseconds: 0) }
    /// In the order in which they came.
    private(set) var asks: [Ask] = []
    private(set) var topics: [Following] = []

    public init(limits: MarketLineLimits = MarketLineLimits(), seed: UInt64) {
        (self.limits, backoff, budget) = (limits, Backoff(seed: seed), CallBudget(perMinute: limits.callsPerMinute))
    }

    // MARK: What is wanted

    /// Answered by an action with this number, at the latest when its time is over.
    public mutating func ask(_ number: UInt64, _ question: MarketQuestion, at now: Timestamp) {
        usedAt = now
        guard asks.count < limits.questionsMost else { return actions.append(.answer(number, .failure(.busy))) }
        asks.append(Ask(number: number, question: question, due: now.adding(milliseconds: limits.answerMilliseconds)))
        wake(at: now)
    }

    /// Readings of a topic come until it is unfollowed or the broker ends it; a lost connection is made again and the
    /// topic goes on.
    public mutating func follow(_ topic: MarketTopic, at now: Timestamp) {
        usedAt = now
        if topics.contains(where: { $0.topic == topic }) { return }
        guard topics.count < limits.topicsMost else { return actions.append(.ended(topic, .busy)) }
        topics.append(Following(topic: topic, due: now.adding(milliseconds: limits.answerMilliseconds)))
        wake(at: now)
    }

    public mutating func unfollow(_ topic: MarketTopic, at now: Timestamp) {
        guard let index = topics.firstIndex(where: { $0.topic == topic }) else { return }
        let gone = topics.remove(at: index)
        usedAt = now
        if state == .ready, let subscription = gone.subscription { actions.append(.send(Requests.forget(newRequest(), subscription: subscription))) }
    }

    private mutating func wake(at now: Timestamp) {
        switch state {
        case .ready: sendWaiting(at: now)
        case .closed: connect(after: 0)
        case .waiting, .connecting: break
        }
    }

    // MARK: The connection

    private mutating func connect(after pause: Int64) {
        state = .waiting
        actions.append(.connect(afterMilliseconds: pause))
    }

    /// The surroundings begin to connect.
    public mutating func connecting(at now: Timestamp) { (state, since) = (.connecting, now) }

    public mutating func opened(at now: Timestamp) {
        (state, since, heardAt, isPinged) = (.ready, now, now, false)
        sendWaiting(at: now)
    }

    /// The connection is gone, or never came. What was asked on one that is gone is asked again on the next while its time
    /// lasts; when none comes, who waits for a first answer is told at once.
    public mutating func closed(at now: Timestamp) {
        if state == .closed { return }
        if state == .connecting {
            for ask in asks { actions.append(.answer(ask.number, .failure(.unreachable))) }
            asks = []
            for following in topics where following.due != nil { actions.append(.ended(following.topic, .unreachable)) }
            topics.removeAll { $0.due != nil }
        }
        if state == .ready, now >= since.adding(seconds: 60) { backoff.reset() }
        state = .closed
        for index in asks.indices { asks[index].request = nil }
        for index in topics.indices { (topics[index].request, topics[index].subscription) = (nil, nil) }
        if asks.isEmpty, topics.isEmpty { return }
        connect(after: backoff.next())
    }

    private mutating func hangUp(_ cause: String, at now: Timestamp) {
        actions.append(.remark("hanging up: \(cause)"))
        actions.append(.close)
        closed(at: now)
    }

    private mutating func newRequest() -> Int64 {
        defer { nextRequest += 1 }
        return nextRequest
    }

    /// Sends what waits, as far as the budget goes; the rest goes when it has room again.
    private mutating func sendWaiting(at now: Timestamp) {
        guard state == .ready else { return }
        for index in asks.indices where asks[index].request == nil {
            guard budget.take(at: now) else { return }
            let id = newRequest()
            asks[index].request = id
            actions.append(.send(asks[index].question.frame(id)))
        }
        for index in topics.indices where topics[index].request == nil {
            guard budget.take(at: now) else { return }
            let id = newRequest()
            topics[index].request = id
            if topics[index].due == nil { topics[index].due = now.adding(milliseconds: limits.answerMilliseconds) }
            actions.append(.send(topics[index].topic.frame(id)))
        }
    }

    // MARK: What the broker says

    /// One text frame of the broker.
    public mutating func received(_ bytes: UnsafeRawBufferPointer, at now: Timestamp) {
        guard state == .ready else { return }
        (heardAt, isPinged) = (now, false)
        do throws(Unreadable) {
            guard let message = try MarketMessage(bytes) else { return hangUp("not JSON", at: now) }
            take(message, at: now)
        } catch { hangUp("unreadable: \(error.field)", at: now) }
    }

    private mutating func take(_ message: MarketMessage, at now: Timestamp) {
        if let index = asks.firstIndex(where: { $0.request != nil && $0.request == message.requestID }) {
            let ask = asks.remove(at: index)
            return actions.append(.answer(ask.number, ask.question.answer(message)))
        }
        // A stream's messages keep the number of the request that began it.
        guard let index = topics.firstIndex(where: { $0.request != nil && $0.request == message.requestID }) else { return }
        let topic = topics[index].topic
        if let code = message.errorCode {
            topics.remove(at: index)
            actions.append(.remark("\(topic.symbol): \(code)"))
            return actions.append(.ended(topic, .refused(code: code)))
        }
        if let subscription = message.subscription, topics[index].subscription == nil {
            topics[index].subscription = subscription
            if topics[index].due != nil { actions.append(.began(topic)) }
            topics[index].due = nil
        }
        guard let reading = message.reading(of: topic) else { return }
        // One that goes back in time tells nothing; a candle is told again as it grows.
        guard reading.at > topics[index].last || (reading.isCandle && reading.at == topics[index].last) else { return }
        topics[index].last = reading.at
        actions.append(.reading(topic, reading))
    }

    // MARK: Time

    public mutating func passTime(at now: Timestamp) {
        for ask in asks where ask.due <= now { actions.append(.answer(ask.number, .failure(.unreachable))) }
        asks.removeAll { $0.due <= now }
        // A topic that never began is given up; one that ran and whose connection was lost is tried for as long as it is wanted.
        for following in topics where following.due.map({ $0 <= now }) ?? false { actions.append(.ended(following.topic, .unreachable)) }
        topics.removeAll { $0.due.map { $0 <= now } ?? false }
        switch state {
        case .closed, .waiting: break
        case .connecting: if now >= since.adding(milliseconds: limits.answerMilliseconds) { hangUp("no connection", at: now) }
        case .ready:
            if asks.isEmpty, topics.isEmpty, now >= usedAt.adding(milliseconds: limits.idleMilliseconds) { return hangUp("nobody asks", at: now) }
            if now >= heardAt.adding(milliseconds: limits.silenceMilliseconds * 2) { return hangUp("silence", at: now) }
            if !isPinged, now >= heardAt.adding(milliseconds: limits.silenceMilliseconds) {
                isPinged = true
                actions.append(.send(Requests.ping(newRequest())))
            }
            sendWaiting(at: now)
        }
    }

    public var nextDeadline: Timestamp? {
        var dues = asks.map(\.due) + topics.compactMap(\.due)
        switch state {
        case .closed, .waiting: break
        case .connecting: dues.append(since.adding(milliseconds: limits.answerMilliseconds))
        case .ready:
            dues.append(heardAt.adding(milliseconds: limits.silenceMilliseconds * (isPinged ? 2 : 1)))
            if asks.isEmpty, topics.isEmpty { dues.append(usedAt.adding(milliseconds: limits.idleMilliseconds)) }
            if asks.contains(where: { $0.request == nil }) || topics.contains(where: { $0.request == nil }), let room = budget.nextRoom { dues.append(room) }
        }
        return dues.min()
    }
}

/// Times, in milliseconds of this machine, and sizes of the market's line.
public struct MarketLineLimits: Hashable, Sendable {
    /// A question is answered within this, with "unreachable" if need be.
    public var answerMilliseconds: Int64 = 10_000
    /// A silent line is pinged after this, and given up after twice as long.
    public var silenceMilliseconds: Int64 = 15_000
    /// A line that nobody uses is closed after this.
    public var idleMilliseconds: Int64 = 60_000
    /// Questions that may wait for their answers.
    public var questionsMost = 64
    /// Topics that are followed at once.
    public var topicsMost = 64
    /// Calls a minute at most: a third of what the broker allows, whoever else of this machine asks it.
    public var callsPerMinute = 60
    public init() {}
}

/// When the last calls were made: no more than so many in any minute.
struct CallBudget: Sendable {
    private let perMinute: Int
    private var calls: [Timestamp] = []
    init(perMinute: Int) { self.perMinute = perMinute }

    mutating func take(at now: Timestamp) -> Bool {
        calls.removeAll { now >= $0.adding(seconds: 60) }
        if calls.count >= perMinute { return false }
        calls.append(now)
        return true
    }

    /// When there is room again, if there may be none.
    var nextRoom: Timestamp? { calls.count < perMinute ? nil : calls.first?.adding(seconds: 60) }
}

extension MarketReading {
    var at: Timestamp {
        switch self {
        case .tick(let tick, _): tick.time
        case .candle(_, _, let at, _): at
        }
    }
    var isCandle: Bool { if case .candle = self { true } else { false } }
}
