// Signals: hand one in, see what became of it, take it back.

import HTTPTypes
import Hummingbird
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

enum Signals {
    static let preferenceApplied = HTTPField.Name("Preference-Applied")!
    static let prefer = HTTPField.Name("Prefer")!

    /// Accepts a signal durably and answers with what each session made of it. The same key of the client names the
    /// same signal, however old: it is answered from the journal.
    static func create(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let request = try SignalRequest(call.fields(SignalRequest.names), now: call.desk.clock.now())
        try call.caller.expectReach(request.session)
        try await call.listedSymbols.expect(request.symbol, Field(path: "symbol", value: nil), call.desk.market)
        let signal = request.signal(owner: call.owner, clientKey: call.idempotencyKey)
        let origin = SignalOrigin(.api, name: "POST /api/v1/signals", key: call.idempotencyKey, body: call.body)
        let isRepeated = try await record(signal, origin, call, owner: call.owner, isNew: call.idempotencyKey == nil) { other throws(Problem) in
            try request.expectSame(as: other)
        }
        var headers: HTTPFields = [.location: "/api/v1/signals/\(signal.id)"]
        if isRepeated { headers[Idempotency.replayed] = "true" }
        if let seconds = waitSeconds(call.headers) {
            // The signal is on record: that waiting fails must not make it look undone.
            try? await call.desk.waitForOutcome(of: signal.id, owner: call.owner, atMostSeconds: seconds)
            headers[preferenceApplied] = "wait=\(seconds)"
        }
        return try await shown(signal.id, call, status: .accepted, headers: headers)
    }

    /// Hands a signal to the loop and returns once it is durable: false, or true when it was on record before and
    /// `expectSame` finds nothing wrong with that. One that is new for certain is not looked for.
    static func record(
        _ signal: Signal, _ origin: SignalOrigin, _ call: Call, owner: OwnerID, isNew: Bool, expectSame: (Signal) throws(Problem) -> Void
    ) async throws -> Bool {
        if !isNew, let row = try await call.reads.signal(signal.id, owner: owner) {
            try expectSame(row.signal)
            return true
        }
        switch try await call.submit(.signal(signal), origin: origin) {
        case .signal: return false
        case .declined(.signalExists):
            guard let row = try await call.reads.signal(signal.id, owner: owner) else { throw Problem(Decline.signalExists) }
            try expectSame(row.signal)
            return true
        case .declined(let decline): throw Problem(decline)
        case .done, .risk, .candidates, .promise: preconditionFailure("a signal is answered with decisions")
        }
    }

    static func list(_ call: Call) async throws -> Reply {
        let parameters = try call.parameters(Call.paging.union(["status"]))
        let status = try parameters["status"].ifGiven?.word(SignalStatus.allCases.map { ($0.rawValue, $0) })
        // Of a signal that other sessions had, too, what it came to in the key's own may be something else than what it came to in all.
        let filter = SignalFilter(status: call.caller.only == nil ? status : nil)
        let page = try await call.pageInReach(call.page(filter, parameters)) {
            try await call.reads.signals(call.owner, $0)
        } _: { row in
            call.caller.reach(row).flatMap { status == nil || $0.status == status ? $0 : nil }
        }
        return .page(page.rows, next: page.next) { $0.value($1, trades: [:]) }
    }

    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return try await shown(call.signal(), call)
    }

    static func cancel(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        let id = try call.signal()
        guard let row = try await call.reads.signal(id, owner: call.owner).flatMap({ call.caller.reach($0) }) else { throw Problem(Decline.signalNotFound) }
        // One that all sessions were offered is not its own to take back.
        try call.caller.expectReach(row.signal.session)
        try await call.perform(.cancelSignal(id, owner: call.owner, by: call.by))
        return try await shown(id, call)
    }

    /// A signal with its decisions and the trades that followed.
    private static func shown(_ id: SignalID, _ call: Call, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) async throws -> Reply {
        guard let row = try await call.reads.signal(id, owner: call.owner).flatMap({ call.caller.reach($0) }) else { throw Problem(Decline.signalNotFound) }
        var trades: [SessionID: TradeRow] = [:]
        for case let decision in row.decisions where decision.status == .intended {
            guard let session = decision.session else { continue }
            trades[session] = try await call.reads.trade(IntentID(session: session, signal: id), owner: call.owner)
        }
        return .json(status, headers: headers) { $0.value(row, trades: trades) }
    }

    /// `Prefer: wait=10`, 30 s at most. What is no such preference is ignored, as RFC 7240 says.
    static func waitSeconds(_ headers: HTTPFields) -> Int? {
        for preference in headers[values: prefer].joined(separator: ",").split(separator: ",") {
            let pair = preference.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            if pair.count == 2, pair[0].lowercased() == "wait", pair[1].utf8.count <= 9, let seconds = Int(pair[1]), seconds >= 1 { return min(seconds, 30) }
        }
        return nil
    }
}
