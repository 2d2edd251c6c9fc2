import PlainJSON
import TradingEngine
import TradingModel

// What waits to be raised, inside a fact.

extension JSONWriter {
    mutating func members(of raise: Raise) {
        member("raise", whole: raise.id)
        member("change", raise.change.name)
        switch raise.change {
        case .promise(let seconds): member("seconds", whole: seconds)
        case .ownerLimits(let limits): memberObject("limits") { $0.members(of: limits) }
        case .accountLimits(let account, let limits):
            member("account", whole: account.rawValue)
            memberObject("limits") { $0.members(of: limits) }
        case .plan(let session, let plan):
            member("session", whole: session.rawValue)
            memberObject("plan") { $0.members(of: plan) }
        case .acceptDrawdown(let session): member("session", whole: session.rawValue)
        case .liftEmergencyStop: break
        }
        member("requested_at", raise.requestedAt)
        member("due_at", raise.dueAt)
        member("by", raise.by)
    }
}

extension Raise {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(
            id: try fields.whole("raise"), change: try Raise.change(fields), requestedAt: try fields.moment("requested_at"),
            dueAt: try fields.moment("due_at"), by: try fields.label("by"))
    }

    private static func change(_ fields: FactFields) throws(FactFields.Unreadable) -> Change {
        switch try fields.text("change") {
        case "promise_lock": .promise(seconds: try fields.whole("seconds"))
        case "owner_limits": .ownerLimits(try ExposureLimits(fields.object("limits")))
        case "account_limits": .accountLimits(AccountID(rawValue: try fields.whole("account")), try ExposureLimits(fields.object("limits")))
        case "plan": .plan(SessionID(rawValue: try fields.whole("session")), try SessionPlan(fields.object("plan")))
        case "accept_drawdown": .acceptDrawdown(SessionID(rawValue: try fields.whole("session")))
        case "emergency_stop_lift": .liftEmergencyStop
        default: throw fields.unreadable("change", "what is raised")
        }
    }
}
