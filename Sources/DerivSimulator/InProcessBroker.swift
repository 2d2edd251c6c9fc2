public import SimulatedMarket
public import TradingModel

/// The simulated broker without sockets, on a clock that whoever holds it turns: the same desk and sessions, so real v3
/// JSON goes in and out. For simulations that need to cut, delay and forge what the wire carries.
public final class InProcessBroker {
    /// What a connection is given by the broker.
    public enum Output {
        case frame([UInt8])
        /// The broker hangs up.
        case close
    }

    private let desk: BrokerDesk
    private var sessions: [Int: V3Session] = [:]

    /// A new market of these symbols; every account opens with `openingBalanceMinorUnits` cents of a dollar.
    public init(seed: UInt64, symbols: [Symbol], opening: Timestamp, openingBalanceMinorUnits: Int64, rateLimits: RateLimits = .published) {
        let markets = symbols.compactMap(MarketSymbol.named)
        let broker = SimulatedBroker(seed: seed, startingAt: opening, markets: markets, historyTicks: 32)
        desk = BrokerDesk(broker, openingBalanceMinorUnits: openingBalanceMinorUnits, rateLimits: rateLimits)
    }

    /// Its books: accounts, contracts and the append-only ledger.
    public var books: SimulatedBroker { desk.broker }

    /// The login that a token opens; the account is opened if there is none.
    public func login(of token: String) -> Label { desk.admit(token)!.login }

    // MARK: Connections

    /// A new connection's number. `outlet` takes what the broker sends on it, at once and in order.
    public func connect(_ outlet: @escaping (Output) -> Void) -> Int {
        let session = desk.join()
        session.deliver = { outputs in
            for output in outputs {
                switch output {
                case .frame(let bytes), .late(let bytes, _): outlet(.frame(bytes))
                case .close: outlet(.close)
                }
            }
        }
        sessions[session.connection] = session
        return session.connection
    }

    public func disconnect(_ connection: Int) {
        guard let session = sessions.removeValue(forKey: connection) else { return }
        session.deliver = { _ in }
        desk.leave(session)
    }

    /// A text of the client. The market must have been turned to its moment.
    public func receive(_ text: [UInt8], on connection: Int) { sessions[connection]?.receive(text) }

    /// The answer that refuses a request with this code; nothing was done. Nil when the text is no request.
    public func refusal(of text: [UInt8], code: String) -> [UInt8]? {
        guard case .success(let request) = Request.parse(text) else { return nil }
        return request.origin.message(request.call.messageType, refusing: V3Error(code, "refused by the simulation"))
    }

    // MARK: Time

    public var now: Timestamp { desk.now }

    /// Runs the market to a moment; every connection hears of each second.
    public func turn(to now: Timestamp) { desk.run(to: now) }

    // MARK: What else happens at a broker

    /// Somebody buys on the account without us: at the price given or not at all.
    @discardableResult
    public func buyByHand(_ login: Label, _ terms: ContractTerms, stake: Money) -> ContractID? {
        let wish = Proposal.Wish(terms: OfferedTerms(terms), amount: stake, basis: .stake, limits: LimitOrder())
        guard case .success(let receipt) = desk.buy(login, wish, maximumPrice: stake, tag: nil) else { return nil }
        desk.announce(receipt.booking)
        return receipt.contract.id
    }

    /// Money from outside or, negative, to there; the account must not be overdrawn by it.
    public func move(_ amount: Money, on login: Label) { desk.move(amount, on: login) }

    /// Holds up a contract's settlement.
    public func hold(_ contract: ContractID, until moment: Timestamp) { desk.hold(contract, until: moment) }

    /// From now on statement, portfolio and profit table show a booking so many milliseconds late, and with
    /// `balanceToo` the balance that is asked for as well. 0 shows everything at once.
    public func lag(milliseconds: Int64, balanceToo: Bool) { (desk.reportLag, desk.balanceLags) = (milliseconds, balanceToo) }
}
