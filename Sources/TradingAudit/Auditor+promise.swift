import TradingEngine
import TradingModel

// I27, the promise lock: what lets more be lost waited as it was promised, and does not act while what it concerns loses.
extension Auditor {
    mutating func judgePromise(_ fact: Fact) {
        let outcome = promises.take(fact)
        let subject: Finding.Subject = fact.session.map { .session($0) } ?? fact.account.map { .account($0) } ?? .journal
        if let broken = outcome.broken { find("I27", subject, broken) }
        guard let scope = outcome.mustNotLose, isJudging, loses(scope, at: fact.at) else { return }
        find("I27", subject, "\(fact.line): what it concerns loses today")
    }

    /// By the milder reading of the day. Of a session whose books are to be taken over anew, nothing can be said.
    private func loses(_ scope: PromiseBooks.Scope, at now: Timestamp) -> Bool {
        func anySession(_ isOfIt: (SessionBooks) -> Bool) -> Bool {
            sessions.contains { $1.phase.runs && isOfIt($1) && $1.losesToday(at: now) && !stale.contains($0) }
        }
        return switch scope {
        case .session(let id): !stale.contains(id) && sessions[id]?.losesToday(at: now) ?? false
        case .account(let id): accounts[id].map { $0.profit(at: now) < 0 } ?? false || anySession { $0.account == id }
        case .owner(let id): accounts.values.contains { $0.owner == id && $0.profit(at: now) < 0 } || anySession { $0.owner == id }
        }
    }
}
