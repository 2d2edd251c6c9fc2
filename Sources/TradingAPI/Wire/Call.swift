// A request on its way to its handler: whose it is, what it names, what it carries.

import Hummingbird
import Logging
import People
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

struct Call: Sendable {
    let desk: any TradingDesk
    let hooks: HookBook
    let hookRates: Rates
    let listedSymbols: ListedSymbols
    let configuration: APIConfiguration
    let streams: StreamCount
    let keysInUse: KeysInUse
    let analytics: AnalyticsCache
    let folds: SettledFolds
    /// When the process began to answer.
    let startedAt: ContinuousClock.Instant
    let logger: Logger
    /// Where the request comes from; nil when that cannot be told.
    let address: NetworkAddress?
    /// Whom the sender's certificate names.
    let certificateNames: @Sendable () async -> [String]
    let strangers: Strangers
    let policyReports: PolicyReports
    let people: PeopleBook
    /// Who asks. Open routes have nobody and must not ask.
    let caller: Caller
    let parameters: [String: String]
    let query: [JSONMember]
    let headers: HTTPFields
    let body: [UInt8]
    let idempotencyKey: String?
    /// What makes two requests with one key the same; empty on routes that know a request again by themselves.
    let requestHash: [UInt8]

    /// What a signal names as its source unless it says another.
    static let by = Label("api")!
    /// Who asked, as facts record it.
    var by: Label { caller.by }
    /// Who asked, and from where, as the audit log records it.
    var doer: Doer { Doer(caller.name, at: whence.address) }
    var owner: OwnerID { caller.owner }
    /// Whom limits count as one.
    var household: String { address?.household ?? "unknown" }
    var reads: any ReadModels { desk.reads }

    // MARK: What the request carries

    /// The members of the body, none but these.
    func fields(_ names: Set<String>) throws(Problem) -> Fields {
        try Body.checkType(headers)
        guard case .object(let members) = try Body.parse(body) else { throw Problem(.malformedJSON, "the body is not an object") }
        return try Fields(members, only: names)
    }

    /// The same for a body that may be left out.
    func fieldsIfAny(_ names: Set<String>) throws(Problem) -> Fields {
        body.isEmpty ? try Fields([], only: names) : try fields(names)
    }

    func parameters(_ names: Set<String>) throws(Problem) -> Fields { try Fields(query, only: names, isText: true) }

    /// Asked of routes that take neither body nor query.
    func nothingElse() throws(Problem) {
        _ = try parameters([])
        _ = try fieldsIfAny([])
    }

    private func part(_ name: String) -> Field { Field(path: name, value: parameters[name].map { .string($0) }, isText: true) }
    func session() throws(Problem) -> SessionID { SessionID(rawValue: try part("session").integer(1...Int64.max)) }
    func account() throws(Problem) -> AccountID { AccountID(rawValue: try part("account").integer(1...Int64.max)) }
    func signal() throws(Problem) -> SignalID { try part("signal").signal() }
    func trade() throws(Problem) -> IntentID {
        let part = part("trade")
        guard let id = part.value?.string.flatMap({ IntentID($0) }), id.session.rawValue > 0 else {
            throw part.wrong("a session's number, a point and 32 hexadecimal digits")
        }
        return id
    }

    /// What every list takes.
    static let paging: Set<String> = ["limit", "after"]
    func page<Filter>(_ filter: Filter, _ parameters: Fields) throws(Problem) -> Page<Filter> {
        var after: String?
        if let field = parameters["after"].ifGiven {
            let text = try field.text()
            guard (1...256).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw field.wrong("the cursor that the page before gave as next")
            }
            after = text
        }
        return Page(filter, after: after, limit: Int(try parameters["limit"].ifGiven?.integer(1...500) ?? 50))
    }

    // MARK: What it makes

    /// The number of what this request makes. With a key it is the same number when the request comes again, even after
    /// a crash between what was done and its being remembered: nothing is made twice.
    func newID() async throws -> Int64 {
        guard let key = idempotencyKey else { return try await reads.newID() }
        return try await reads.newID(owner, idempotencyKey: key, requestHash: requestHash)
    }

    // MARK: What the loop makes of it

    /// For what may not let more be lost. `origin`: what a signal came in.
    func submit(_ event: Input.Event, origin: SignalOrigin? = nil) async throws(Problem) -> Answer.Outcome {
        try await submit(event, mayRaise: false, origin: origin)
    }

    private func submit(_ event: Input.Event, mayRaise: Bool, origin: SignalOrigin?) async throws(Problem) -> Answer.Outcome {
        do {
            return try await desk.submit(event, mayRaise: mayRaise, origin: origin)
        } catch { throw Problem(desk: error) }
    }

    /// Returns once it is done and durable.
    func perform(_ event: Input.Event) async throws(Problem) {
        switch try await submit(event, mayRaise: event.mayLetMoreBeLost && people.isProven(caller), origin: nil) {
        case .done: return
        case .declined(.personNeeded): throw Problem.unproven(caller)
        case .declined(let decline): throw Problem(decline)
        case .signal, .risk, .candidates, .promise: preconditionFailure("the loop answered another question than \(event)")
        }
    }
}

extension Problem {
    init(desk error: DeskError) {
        switch error {
        case .overloaded: self.init(Decline.overloaded, "nothing was done; try again in a moment")
        case .closed: self.init(.serverEnding, "nothing was done", headers: [.retryAfter: "5"])
        }
    }
}
