// The API without its socket: from a request to a reply. What is true of every request stands here: the key, the
// limits of a body, one shape for every error, nothing internal in any of them.

import Crypto
import HTTPTypes
import Hummingbird
import Logging
import People
import PlainJSON
import TradingModel
import TradingPorts
import TradingService

/// A request as it came, with its body still to be read.
struct APIRequest: Sendable {
    var method: HTTPRequest.Method
    /// Without the query.
    var path: String
    var query: String?
    var headers: HTTPFields
    /// The `Host` that was asked for.
    var authority: String?
    /// The other end of the connection; nil when it is not known.
    var peer: NetworkAddress?
    /// Whom the other end's certificate names, once it is known to be right; nobody, when it showed none.
    var certificateNames: @Sendable () async -> [String] = { [] }
    /// The whole body, or nil when it is larger than so many bytes.
    var body: @Sendable (_ upTo: Int) async throws -> [UInt8]?
}

struct API: Sendable {
    let desk: any TradingDesk
    let hooks: HookBook
    let people: PeopleBook
    let configuration: APIConfiguration
    let logger: Logger
    let table = RouteTable(routes: Route.all + Route.previous)
    let streams = StreamCount()
    let keysInUse = KeysInUse()
    let analytics = AnalyticsCache()
    let hookRates = Rates()
    let listedSymbols = ListedSymbols()
    let folds = SettledFolds()
    let rates: Rates
    let strangers: Strangers
    let refused = RefusedRequests()
    let policyReports = PolicyReports()
    let hosts: HostNames
    let startedAt = ContinuousClock.now

    init(desk: any TradingDesk, hooks: HookBook, people: PeopleBook, configuration: APIConfiguration, logger: Logger) {
        (self.desk, self.hooks, self.people, self.configuration, self.logger) = (desk, hooks, people, configuration, logger)
        hosts = HostNames(configuration.hosts + [configuration.host])
        rates = Rates()
        strangers = Strangers(rates, perMinute: configuration.limits.unknownPerMinute)
    }

    /// The reply, and the route that gave it, for the log.
    func answer(_ request: APIRequest) async -> (reply: Reply, route: String) {
        let match = table.match(request.method, request.path)
        let route = if case .found(let route, _) = match { route.path } else { "none" }
        var reply: Reply, code: String?
        do {
            guard hosts.contains(request.authority) else { throw Problem(.hostNotAllowed, field: "Host") }
            reply = try await answer(request, match)
        } catch let error as PreviousError {
            reply = PreviousReply.failure(error.status, error.text)
        } catch let problem as Problem {
            code = problem.code
            reply = request.path.hasPrefix(PreviousReply.paths) ? problem.previousReply(to: route) : problem.reply
        } catch is InvalidCursor {
            reply = Problem(.invalidField, "after is no cursor of this list", field: "after").reply
        } catch is CancellationError {
            reply = Problem(.serverEnding, headers: [.retryAfter: "5"]).reply
        } catch {
            // What it says is for the operator; the client learns that it is not the client's fault.
            logger.error("request failed", metadata: ["method": "\(request.method)", "route": "\(route)", "error": "\(error)"])
            let problem = Problem(.internalError)
            reply = request.path.hasPrefix(PreviousReply.paths) ? problem.previousReply(to: route) : problem.reply
        }
        refused.note(reply.status, code: code, request.method, route: route, from: address(request)?.household ?? "unknown", at: people.now(), in: logger)
        SecureHeaders.add(to: &reply.headers, isSecure: configuration.isSecure)
        return (reply, route)
    }

    private func answer(_ request: APIRequest, _ match: RouteTable.Match) async throws -> Reply {
        var caller = Caller.nobody
        if case .found(let route, _) = match, !route.needsKey {
            // A cookie is looked at where it lets somebody in. Here what counts is only that no other site sends this.
            if request.method.isUnsafe { try CrossSite.checkOpen(request) }
            if route.isCounted { try strangers.count(household(request), at: people.now()) }
        } else {
            caller = try await self.caller(request)
            let isSignal = if case .found(let route, _) = match { route.access == .scope(.sendSignals) } else { false }
            try limit(caller, request.method, isSignal: isSignal)
        }
        switch match {
        case .notFound: throw Problem(.notFound)
        case .wrongMethod(let allowed):
            throw Problem(.methodNotAllowed, "expected \(allowed.joined(separator: ", "))", headers: [.allow: allowed.joined(separator: ", ")])
        case .found(let route, let parameters):
            if caller.needsSecondFactor, !route.isOnTheWayToASecondFactor { throw Problem.secondFactorRequired(caller) }
            if case .scope(let scope) = route.access, !caller.scopes.contains(scope) {
                throw Problem(.forbidden, "expected the scope \(scope.rawValue)")
            }
            if route.needsProof, !people.isProven(caller) { throw Problem.unproven(caller) }
            var body: [UInt8] = []
            if route.takesBody {
                let most = min(route.bodyBytesMost, configuration.bodyBytesMost)
                guard let whole = try await request.body(most) else { throw Problem(.bodyTooLarge, "expected at most \(most) bytes") }
                body = whole
            }
            let target = request.path + (request.query.map { "?\($0)" } ?? "")
            let call = Call(
                desk: desk, hooks: hooks, hookRates: hookRates, listedSymbols: listedSymbols, configuration: configuration, streams: streams,
                keysInUse: keysInUse,
                analytics: analytics, folds: folds, startedAt: startedAt, logger: logger,
                address: address(request), certificateNames: request.certificateNames,
                strangers: strangers, policyReports: policyReports, people: people, caller: caller,
                parameters: parameters, query: try Query.parse(request.query ?? ""), headers: request.headers, body: body,
                idempotencyKey: route.method == .post ? try Idempotency.key(request.headers) : nil,
                requestHash: route.repeats == .remembered ? Idempotency.hash(method: request.method, target: target, body: body) : [])
            try call.expectReach(of: route)
            guard route.repeats == .remembered else { return try await route.handler(call) }
            return try await Idempotency.once(call, keysInUse: keysInUse, route.handler)
        }
    }

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")!

    private func caller(_ request: APIRequest) async throws -> Caller {
        if let text = request.headers[.authorization] {
            let parts = text.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer", (1...512).contains(parts[1].utf8.count) else { throw unknown(request) }
            if let caller = people.caller(key: parts[1]) {
                if case .accessKey(let key) = caller.way, !Keys.allows(key, address(request)) { throw Problem(.addressNotAllowed) }
                return caller
            }
            let key = parts[1], desk = desk
            let found = try await look("key", key, request) {
                let hash = Array(SHA256.hash(data: Array(key.utf8)))
                return try await desk.reads.owner(keyHash: hash).flatMap { people.caller(ownerKeyOf: $0, hash: hash) }
            }
            guard let found else { throw API.unauthorized }
            return found
        } else if let cookie = SessionCookie.value(request.headers, configuration) {
            guard let caller = try await look("cookie", cookie, request, { try people.caller(cookie: cookie) }) else { throw API.unauthorized }
            if request.method.isUnsafe { try CrossSite.check(request, configuration) }
            return caller
        }
        throw unknown(request)
    }

    /// Who shows this, nil when that is nobody. The store is asked for an address so often.
    private func look(_ kind: String, _ text: some StringProtocol, _ request: APIRequest, _ look: () async throws -> Caller?) async throws -> Caller? {
        try await strangers.find(Strangers.name(kind, text), of: household(request), at: people.now(), stays: true, look)
    }

    /// Each person and each key has so much a minute.
    private func limit(_ caller: Caller, _ method: HTTPRequest.Method, isSignal: Bool) throws(Problem) {
        let who: String
        switch caller.way {
        case .ownerKey: return
        case .accessKey(let key): who = key.id
        case .visit(let visit): who = "\(visit.person)"
        }
        let limits = configuration.limits
        let (kind, most) =
            isSignal ? ("signal", limits.signalsPerMinute) : method.isUnsafe ? ("write", limits.writesPerMinute) : ("read", limits.readsPerMinute)
        if let seconds = rates.take("\(kind) \(who)", perMinute: Int32(most), at: people.now()) { throw Problem.wait(seconds) }
    }

    /// Who is not known may say so as often as an address may.
    private func unknown(_ request: APIRequest) -> Problem {
        do { try strangers.count(household(request), at: people.now()) } catch { return error }
        return API.unauthorized
    }

    /// Whom limits count as one.
    private func household(_ request: APIRequest) -> String { address(request)?.household ?? "unknown" }

    private func address(_ request: APIRequest) -> NetworkAddress? {
        Origin.address(peer: request.peer, forwardedFor: request.headers[values: API.forwardedFor], proxies: configuration.proxies)
    }

    private static let unauthorized = Problem(
        .unauthorized, "expected Authorization: Bearer and a key of this server, or to be logged in", headers: [.wwwAuthenticate: "Bearer"])
}

extension Caller {
    /// Who asks an open route.
    static let nobody = Caller(owner: OwnerID(rawValue: 0), scopes: Scopes([]), way: .ownerKey(hash: []))
}

extension HTTPRequest.Method {
    /// It may change something.
    var isUnsafe: Bool { self != .get && self != .head }
}
