import PlainJSON
import SimulatedMarket
import TradingModel

/// What a session wants done with its socket.
enum SessionOutput: Equatable {
    case frame([UInt8])
    /// A frame that is to be given back to `sendLate` after so many milliseconds of broker time.
    case late([UInt8], milliseconds: Int64)
    case close
}

/// One connection's conversation in Deriv's v3 protocol, without a socket: texts in, frames out.
final class V3Session {
    let connection: Int
    unowned let desk: BrokerDesk
    /// The accounts the connection may speak for, the one that `authorize` named first. Empty before.
    var authorisations: [Authorisation] = []
    /// The account the request that is being served speaks for; nil when it is a public one or nobody is logged in.
    var acting: Authorisation?
    var streams: [Stream] = []
    /// Quotes that can be bought once on this connection, oldest first.
    var proposals: [Proposal] = []
    /// The app id the client named when it connected.
    var appID: Int64 = 1089
    private(set) var lastTraffic: Timestamp
    private var output: [SessionOutput] = []
    private var fate = FaultDice.BuyFate.served
    private var meter = RateMeter()
    /// Takes the output as soon as there is some.
    var deliver: ([SessionOutput]) -> Void = { _ in }

    init(connection: Int, desk: BrokerDesk) { (self.connection, self.desk, lastTraffic) = (connection, desk, desk.now) }

    var broker: SimulatedBroker { desk.broker }

    // MARK: In

    /// Answers one text.
    func receive(_ text: [UInt8]) {
        desk.catchUp()
        lastTraffic = desk.now
        switch Request.parse(text) {
        case .failure(let unreadable):
            desk.log?.write(unreadable.origin.echo, .in, connection: connection, at: desk.now)
            answer(unreadable.origin.message(unreadable.type, refusing: unreadable.error))
        case .success(let request):
            desk.log?.write(request.origin.echo, .in, connection: connection, at: desk.now)
            fate = request.call == .buy ? desk.faults.buyFate() : .served
            if fate != .requestLost { serve(request) }
            if fate == .dropped { end() }
            fate = .served
        }
        flush()
    }

    /// The client showed life without a text.
    func heard() { lastTraffic = desk.now }

    private func serve(_ request: Request) {
        do throws(V3Error) {
            try checkScope(request)
            try handle(request)
        } catch {
            answer(request.origin.message(request.call.messageType, refusing: error))
        }
    }

    private func checkScope(_ request: Request) throws(V3Error) {
        acting = nil
        let named = request.value["loginid"]?.string
        if let named, !authorisations.isEmpty {
            guard let account = authorisations.first(where: { $0.login.text == named }) else {
                throw V3Error("PermissionDenied", "The connection is not authorised for \(named).")
            }
            acting = account
        } else {
            acting = authorisations.first
        }
        try checkRate(request.call)
        guard request.call.scope != .none else { return }
        guard let acting else { throw V3Error("AuthorizationRequired", "Please authorise this connection first.") }
        // With several accounts a call that says nothing could mean any of them.
        guard authorisations.count == 1 || named != nil else {
            throw V3Error("InputValidationFailed", "Input validation failed: loginid", details: [("loginid", "Missing property.")])
        }
        guard request.call.scope == .read || acting.mayTrade else { throw V3Error("PermissionDenied", "The token has no trade scope.") }
    }

    /// Limits are a user's, over all connections; of somebody who is not logged in, the connection's.
    private func checkRate(_ call: Call) throws(V3Error) {
        let passed: RateLimits.Group?
        if let user = authorisations.first {
            passed = desk.countCall(of: user.login, call.limitGroups)
        } else {
            passed = meter.count(call.limitGroups, limits: desk.configuration.rateLimits, at: desk.now)
        }
        if passed != nil { throw V3Error("RateLimit", "You have reached the rate limit for \(call.rawValue).") }
    }

    private func handle(_ request: Request) throws(V3Error) {
        switch request.call {
        case .authorize: try authorize(request)
        case .logout: logout(request)
        case .ping: answer(request.origin.message("ping") { $0.value("pong") })
        case .time: answer(request.origin.message("time") { $0.value(desk.now.seconds) })
        case .websiteStatus: try websiteStatus(request)
        case .payoutCurrencies: answer(request.origin.message("payout_currencies") { $0.array { $0.value("USD") } })
        case .activeSymbols: activeSymbols(request)
        case .contractsFor: try contractsFor(request)
        case .ticks: try ticks(request)
        case .ticksHistory: try ticksHistory(request)
        case .tradingTimes: try tradingTimes(request)
        case .sell: try sell(request)
        case .sellExpired: sellExpired(request)
        case .contractUpdate: try contractUpdate(request)
        case .contractUpdateHistory: try contractUpdateHistory(request)
        case .proposal: try proposal(request)
        case .buy: try buy(request)
        case .proposalOpenContract: try proposalOpenContract(request)
        case .portfolio: portfolio(request)
        case .profitTable: try profitTable(request)
        case .statement: try statement(request)
        case .transaction: try transaction(request)
        case .balance: try balance(request)
        case .forget: forget(request)
        case .forgetAll: forgetAll(request)
        case .topupVirtual: try topupVirtual(request)
        }
    }

    // MARK: Out

    /// An answer to a request, as the fault plan lets it pass.
    func answer(_ frame: [UInt8]) {
        guard fate == .served else { return }
        for _ in 0..<(desk.faults.isDoubled() ? 2 : 1) {
            if let delay = desk.faults.delay() { output.append(.late(frame, milliseconds: delay)) } else { send(frame) }
        }
    }

    /// False while a buy is served whose answer will not arrive.
    var isAnswering: Bool { fate == .served }

    /// A message of a stream.
    func send(_ frame: [UInt8]) {
        lastTraffic = desk.now
        desk.log?.write(frame, .out, connection: connection, at: desk.now)
        output.append(.frame(frame))
    }

    func sendLate(_ frame: [UInt8]) {
        send(frame)
        flush()
    }

    func end() {
        output.append(.close)
        flush()
    }

    func flush() {
        guard !output.isEmpty else { return }
        let ready = output
        output = []
        deliver(ready)
    }
}
