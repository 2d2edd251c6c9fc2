import TradingEngine
import TradingModel

/// A question that waits for room in the budget, and how to write it once it has a number.
struct Question: Sendable {
    let purpose: RequestTable.Purpose
    let frame: @Sendable (Int64) -> [UInt8]
}

/// Questions that wait until the broker's limits let them leave: by priority, and within one in the order in which they
/// came. Bounded, together with those that are unanswered.
struct RequestQueue: Sendable {
    private var waiting: [[Question]] = .init(repeating: [], count: RequestBudget.Priority.allCases.count)
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// The same question twice is asked once. `first`: it was asked already and comes before the others.
    mutating func add(_ question: Question, first: Bool = false) {
        let place = question.purpose.priority.rawValue
        if waiting[place].contains(where: { $0.purpose.asksTheSame(as: question.purpose) }) { return }
        if first { waiting[place].insert(question, at: 0) } else { waiting[place].append(question) }
        count += 1
    }

    mutating func removeAll() {
        for place in waiting.indices { waiting[place] = [] }
        count = 0
    }

    /// The next question that may leave, or the moment when one may. One that must wait holds up those behind it of the
    /// same group, and nothing else.
    mutating func next(_ budget: inout RequestBudget, at now: Timestamp) -> (question: Question?, until: Timestamp?) {
        var until: Timestamp?, held = [false, false, false]
        for place in waiting.indices {
            for (index, question) in waiting[place].enumerated() {
                let groups = question.purpose.groups
                if groups.contains(where: { held[$0.rawValue] }) { continue }
                guard let moment = budget.waits(groups, question.purpose.priority, at: now) else {
                    waiting[place].remove(at: index)
                    count -= 1
                    return (question, nil)
                }
                until = min(until ?? moment, moment)
                for group in groups { held[group.rawValue] = true }
                if held.allSatisfy(\.self) { return (nil, until) }
            }
        }
        return (nil, until)
    }
}

extension RequestTable.Purpose {
    /// The groups of published limits that such a call counts in.
    var groups: [CallLimits.Group] {
        switch self {
        case .newest, .statement, .portfolio: [.outcome]
        case .quote, .proposal: [.outcome, .pricing]
        case .openContract: [.pricing]
        case .authorize, .transactions, .firstBalance, .ping, .forget, .time, .buy, .ticks, .past, .contractsFor, .balance, .profitTable, .limits: [.general]
        }
    }

    var priority: RequestBudget.Priority {
        switch self {
        case .authorize, .transactions, .newest, .firstBalance, .ping, .time, .buy: .buy
        case .openContract, .statement, .balance, .portfolio, .profitTable, .contractsFor, .limits: .status
        case .quote, .proposal, .ticks, .past, .forget: .quote
        }
    }

    /// Whether one answer serves both.
    func asksTheSame(as other: Self) -> Bool {
        switch (self, other) {
        case (.openContract(let a), .openContract(let b)): a == b
        case (.contractsFor(let a), .contractsFor(let b)): a == b
        case (.quote(let a, let stake), .quote(let b, let other)): a == b && stake == other
        case (.ticks(let a), .ticks(let b)), (.past(let a), .past(let b)): a == b
        case (.limits, .limits): true
        default: false
        }
    }
}
