import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingAudit
import TradingEngine
import TradingModel
import TradingPorts

// I27, the promise lock: no limit is ever looser than its owner's promise allows. By the facts of the whole run, over every restart, and by
// what people asked for; days and losses are reckoned here.
extension Judge {
    /// What an account or a session made by what is on record, day by day.
    struct Told {
        private(set) var on: [TradingDay: Int64] = [:]
        /// Losses of a day that was over when they were heard of, on the day on which they were.
        private var late: [TradingDay: Int64] = [:]

        mutating func add(_ profit: Int64, on day: TradingDay, heardOn today: TradingDay) {
            on[day, default: 0] += profit
            if day < today, profit < 0 { late[today, default: 0] += profit }
        }

        /// Whatever the order in which things of two days are heard of: what ended later does not make the day's loss good.
        func loses(on day: TradingDay) -> Bool { (on[day] ?? 0) < 0 && since(day) < 0 }
        /// Nobody can say that it does.
        func isFree(on day: TradingDay) -> Bool { min(on[day] ?? 0, since(day)) + (late[day] ?? 0) >= 0 }
        private func since(_ day: TradingDay) -> Int64 { on.reduce(0) { $1.key >= day ? $0 + $1.value : $0 } }
    }

    mutating func checkPromise(_ fact: Fact, _ world: World) throws(Violation) {
        let outcome = promises.take(fact)
        if let broken = outcome.broken { throw Violation("I27", broken) }
        if let scope = outcome.mustNotLose, let loser = loser(in: scope, at: fact.at) { throw Violation("I27", "\(fact.line): \(loser) loses today") }
        if outcome.isLaxer, fact.event.by == World.program { throw Violation("I27", "\(fact.line), which only a person may") }
        if case .raiseRequested(let raise) = fact.event {
            if raise.by == World.program { throw Violation("I27", "\(fact.line), which only a person may") }
            // A fact that a write error kept is seen by the next process only, which may be long after.
            let asked = fact.at.milliseconds
            raisesAskedAt["\(fact.owner) \(raise.id)"] = world.now - asked > Judge.clocksApart ? asked : world.now
            world.report.count(.raiseAsked)
        }
        guard let acted = outcome.acted else { return }
        world.report.count(.raiseActed)
        if fact.at.milliseconds(since: acted.due) > 10_000 { world.report.count(.raiseLate) }
        // By the broker's clock, too: ours may be wrong at a start, and a little otherwise.
        let waited = world.now - (raisesAskedAt["\(fact.owner) \(acted.id)"] ?? 0)
        if waited < acted.seconds * 1_000 - Judge.clocksApart { throw Violation("I27", "\(fact.line) after \(waited) ms, promised were \(acted.seconds) s") }
    }

    /// Milliseconds: twice what a wall clock is wrong by at most.
    private static let clocksApart: Int64 = 45_000

    private func loser(in scope: PromiseBooks.Scope, at now: Timestamp) -> String? {
        func loses(_ session: SessionBooks) -> Bool { session.told.loses(on: day(at: now)) }
        func loses(_ account: AccountID) -> Bool { toldOf[login(account)]?.loses(on: now.civilDay) ?? false }
        func runs(_ session: SessionBooks) -> Bool { session.startedAt != nil && session.endedAt == nil }
        switch scope {
        case .session(let id): return place(of: id).flatMap { loses(sessions[$0]) ? "session \(id)" : nil }
        case .account(let id):
            if loses(id) { return "account \(id)" }
            return sessions.first { accounts[$0.account].login == login(id) && runs($0) && loses($0) }.map { "session \($0.id)" }
        case .owner(let id):
            if let account = accounts.first(where: { $0.owner == id && loses($0.id) }) { return "account \(account.id)" }
            return sessions.first { accounts[$0.account].owner == id && runs($0) && loses($0) }.map { "session \($0.id)" }
        }
    }

    // MARK: Lowered at once

    /// Notes what is asked for; nil of something that is on no record yet.
    mutating func limitsAsked(_ subject: Raise.Subject, _ owner: OwnerID, _ wanted: Room) -> LimitsAsked? {
        guard let before = promises.room(of: subject, owner: owner) else { return nil }
        limitsAskedCount += 1
        newestAsked["\(owner) \(subject)"] = limitsAskedCount
        return LimitsAsked(subject: subject, owner: owner, wanted: wanted, before: before, number: limitsAskedCount)
    }

    /// Once it is answered, what was to be lowered is, unless something else was asked for since.
    func checkLowered(_ asked: LimitsAsked) throws(Violation) {
        guard newestAsked["\(asked.owner) \(asked.subject)"] == asked.number, let room = promises.room(of: asked.subject, owner: asked.owner),
            let limit = room.notLowered(to: asked.wanted, from: asked.before)
        else { return }
        throw Violation("I27", "\(limit) of \(asked.subject) was to be lowered, and is not")
    }

    // MARK: Raised in the end

    /// Once it is calm: what waited long enough acted, if nothing that it concerns loses by any reading.
    func checkRaised(at now: Timestamp) throws(Violation) {
        for owner in folded.owners.elements {
            for waiting in promises.waiting(of: owner.id) where waiting.due < now.adding(seconds: -60) {
                let concerned: [AccountID]
                switch waiting.subject {
                case .promise, .ownerLimits, .emergencyStop: concerned = accounts.filter { $0.owner == owner.id }.map(\.id)
                case .accountLimits(let account): concerned = [account]
                // Nothing of a session that has ended waits, and one that was never started is of no account.
                case .plan, .drawdown: continue
                }
                if concerned.allSatisfy({ toldOf[login($0)]?.isFree(on: now.civilDay) ?? true }) {
                    throw Violation("I27", "raise \(waiting.id) of owner \(owner.id) is due since \(waiting.due) and nothing loses")
                }
            }
        }
    }
}

extension Fact.Event {
    /// Who asked for a change of limits.
    fileprivate var by: Label? {
        switch self {
        case .promiseLockSet(_, let by), .ownerLimitsSet(_, let by), .accountLimitsSet(_, let by), .planChanged(_, let by), .emergencyStopLifted(let by),
            .resumed(let by, _, _):
            by
        default: nil
        }
    }
}
