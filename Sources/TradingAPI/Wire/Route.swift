// One row of the table of routes, and how a request finds its own.

import Hummingbird
import People

/// A path and a method, and who answers. Parts of the path in braces are parameters: `/api/v1/sessions/{session}`.
struct Route: Sendable {
    typealias Handler = @Sendable (Call) async throws -> Reply

    /// What becomes of a repeated request with the same `Idempotency-Key`.
    enum Repeats: Sendable {
        /// It asks, or doing it twice is doing it once.
        case harmless
        /// It is answered with what it was answered before.
        case remembered
        /// The handler knows the request again by itself.
        case recognized
    }

    /// Who may ask.
    enum Access: Sendable, Hashable {
        /// Anybody; the handler finds out who it is, where it matters.
        case open
        /// Whoever has a key or is logged in.
        case known
        /// Whoever has this scope.
        case scope(Scope)
    }

    let method: HTTPRequest.Method
    let path: String
    let repeats: Repeats
    let access: Access
    let handler: Handler
    /// Whoever is logged in has to have typed the password within the last minutes. Keys cannot, and need not.
    private(set) var needsProof = false
    /// Bytes that a body may have here, when that is less than elsewhere.
    private(set) var bodyBytesMost = Int.max
    /// It makes the store look something up for anybody: each address may ask so often.
    private(set) var isCounted = false
    /// Whoever has to set up a second factor before anything else may do this all the same.
    private(set) var isOnTheWayToASecondFactor = false
    /// How far a key for some sessions gets with it.
    private(set) var reach = Reach.everything
    let parts: [Substring]

    private init(_ method: HTTPRequest.Method, _ path: String, _ repeats: Repeats, _ access: Access, _ handler: @escaping Handler) {
        (self.method, self.path, self.repeats, self.access, self.handler) = (method, path, repeats, access, handler)
        parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if names("session") || names("trade") { reach = .oneSession }
    }

    /// The path has this parameter.
    func names(_ parameter: String) -> Bool { parts.contains("{\(parameter)}") }

    static func get(_ path: String, _ scope: Scope, _ handler: @escaping Handler) -> Route { Route(.get, path, .harmless, .scope(scope), handler) }
    /// Answers anybody.
    static func open(_ path: String, _ handler: @escaping Handler) -> Route { Route(.get, path, .harmless, .open, handler) }
    /// Answers anybody who is known.
    static func any(_ path: String, _ handler: @escaping Handler) -> Route { Route(.get, path, .harmless, .known, handler) }
    /// A POST that acts.
    static func act(_ path: String, _ scope: Scope, _ handler: @escaping Handler) -> Route { Route(.post, path, .remembered, .scope(scope), handler) }
    static func post(_ path: String, _ scope: Scope, _ repeats: Repeats, _ handler: @escaping Handler) -> Route {
        Route(.post, path, repeats, .scope(scope), handler)
    }
    /// A POST that anybody may try; the handler finds out who it is.
    static func openPost(_ path: String, _ handler: @escaping Handler) -> Route { Route(.post, path, .recognized, .open, handler) }
    static func put(_ path: String, _ scope: Scope, _ handler: @escaping Handler) -> Route { Route(.put, path, .harmless, .scope(scope), handler) }
    static func delete(_ path: String, _ scope: Scope, _ handler: @escaping Handler) -> Route { Route(.delete, path, .harmless, .scope(scope), handler) }

    /// The same, for what somebody at an unlocked screen must not do.
    var proven: Route {
        var route = self
        route.needsProof = true
        return route
    }

    /// The same, also for whoever has to set up a second factor first.
    var settingUp: Route {
        var route = self
        route.isOnTheWayToASecondFactor = true
        return route
    }

    /// The same, and the handler leaves out what is not of the key's sessions.
    var ofItsSessions: Route {
        var route = self
        route.reach = .itsSessions
        return route
    }

    /// The same, with nothing in it that is of one session.
    var ofNoSession: Route {
        var route = self
        route.reach = .noSession
        return route
    }

    /// The same with no larger a body.
    func bodies(upTo bytes: Int) -> Route {
        var route = self
        route.bodyBytesMost = bytes
        return route
    }

    /// The same, asked by each address only so often.
    var counted: Route {
        var route = self
        route.isCounted = true
        return route
    }

    var needsKey: Bool { access != .open }
    /// It reads a body, when there is one.
    var takesBody: Bool { method == .post || method == .put }

    /// The parameters of a path that is this route's, or nil.
    func parameters(of parts: [Substring]) -> [String: String]? {
        guard parts.count == self.parts.count else { return nil }
        var parameters: [String: String] = [:]
        for (mine, given) in zip(self.parts, parts) {
            if mine.first == "{" { parameters[String(mine.dropFirst().dropLast())] = String(given) } else if mine != given { return nil }
        }
        return parameters
    }
}

/// All routes. Parts that are fixed win over parameters by standing earlier in the table.
struct RouteTable: Sendable {
    enum Match: Sendable {
        case found(Route, parameters: [String: String])
        /// The path is known, the method is not; these are.
        case wrongMethod(allowed: [String])
        case notFound
    }

    let routes: [Route]

    /// HEAD asks what GET would answer.
    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let wanted = method == .head ? .get : method
        var allowed: [String] = []
        for route in routes {
            guard let parameters = route.parameters(of: parts) else { continue }
            if route.method == wanted { return .found(route, parameters: parameters) }
            allowed += route.method == .get ? ["GET", "HEAD"] : [route.method.rawValue]
        }
        return allowed.isEmpty ? .notFound : .wrongMethod(allowed: allowed)
    }
}
