import PlainJSON
import SimulatedMarket
import TradingModel

/// What a stream is about. A connection has one stream of each.
enum Topic: Hashable {
    case ticks(Symbol)
    case candles(Symbol, seconds: Int64)
    case proposal(Proposal.Wish)
    case contract(ContractID)
    case openContracts(Label)
    case balance(Label)
    /// Of all accounts the connection speaks for.
    case balances([Label])
    case transaction(Label)
    case websiteStatus

    /// The word of `forget_all`.
    var type: String {
        switch self {
        case .ticks: "ticks"
        case .candles: "candles"
        case .proposal: "proposal"
        case .contract, .openContracts: "proposal_open_contract"
        case .balance, .balances: "balance"
        case .transaction: "transaction"
        case .websiteStatus: "website_status"
        }
    }

    /// The accounts it tells of, with whose authorisation it ends; none for public ones.
    func logins(in broker: SimulatedBroker) -> [Label] {
        switch self {
        case .contract(let id): (broker.contract(id)?.login).map { [$0] } ?? []
        case .openContracts(let login), .balance(let login), .transaction(let login): [login]
        case .balances(let logins): logins
        case .ticks, .candles, .proposal, .websiteStatus: []
        }
    }
}

/// One subscription of one connection.
struct Stream {
    let id: String
    let topic: Topic
    let origin: Origin
    /// Of a stream of candles, the one that is forming.
    var forming: Candle?
}

/// What one second brought, sorted once for all sessions.
struct SecondNews {
    let ticks: [Symbol: Tick]
    /// By account, contracts whose symbol ticked, then those that were settled.
    let contracts: [Label: [SoldContract]]
    let bookings: [Booking]

    init(_ events: [MarketEvent], _ broker: SimulatedBroker) {
        var ticks: [Symbol: Tick] = [:], contracts: [Label: [SoldContract]] = [:], bookings: [Booking] = []
        let open = broker.open.map { broker.contracts[$0] }
        for event in events {
            switch event {
            case .tick(let tick):
                ticks[tick.symbol] = tick
                for contract in open where contract.symbol == tick.symbol { contracts[contract.login, default: []].append(contract) }
            case .settled(let contract, let booking):
                contracts[contract.login, default: []].append(contract)
                bookings.append(booking)
            }
        }
        (self.ticks, self.contracts, self.bookings) = (ticks, contracts, bookings)
    }
}

extension V3Session {
    /// Streams one connection may have at a time.
    static let mostStreams = 100

    @discardableResult
    func open(_ topic: Topic, for request: Request, id: String? = nil) throws(V3Error) -> Stream {
        guard !streams.contains(where: { $0.topic == topic }) else { throw V3Error("AlreadySubscribed", "This stream is already open.") }
        guard streams.count < V3Session.mostStreams else { throw V3Error("RateLimit", "This connection has \(V3Session.mostStreams) streams already.") }
        let most = desk.configuration.rateLimits.proposalStreams
        if case .proposal = topic, streams.count(where: { $0.topic.type == "proposal" }) >= most {
            throw V3Error("RateLimit", "This connection has \(most) streams of proposals already.")
        }
        let stream = Stream(id: id ?? desk.identifier(), topic: topic, origin: request.origin)
        streams.append(stream)
        return stream
    }

    func forget(_ request: Request) {
        let id = request.value["forget"]!.string!
        let before = streams.count
        streams.removeAll { $0.id == id }
        answer(request.origin.message("forget") { $0.value(streams.count < before ? 1 : 0) })
    }

    func forgetAll(_ request: Request) {
        let wanted = request.value["forget_all"]!
        let types = wanted.array?.compactMap(\.string) ?? [wanted.string!]
        let ended = streams.filter { types.contains($0.topic.type) }.map(\.id)
        streams.removeAll { types.contains($0.topic.type) }
        answer(request.origin.message("forget_all") { $0.array { for id in ended { $0.value(id) } } })
    }

    /// One second of the market: ticks first, then contracts, then bookings.
    func publish(_ news: SecondNews) {
        guard !streams.isEmpty else { return }
        for index in streams.indices {
            switch streams[index].topic {
            case .ticks(let symbol): if let tick = news.ticks[symbol] { send(tickMessage(tick, streams[index])) }
            case .candles(let symbol, let seconds):
                if let tick = news.ticks[symbol] {
                    streams[index].grow(by: tick, seconds: seconds)
                    send(candleMessage(tick, seconds: seconds, streams[index]))
                }
            case .proposal(let wish): if let tick = news.ticks[wish.terms.symbol] { publishQuote(wish, at: tick, streams[index]) }
            case .contract, .openContracts, .balance, .balances, .transaction, .websiteStatus: break
            }
        }
        for login in authorisations.map(\.login) { publishContracts(news.contracts[login] ?? [], of: login) }
        for booking in news.bookings { publish(booking) }
        flush()
    }

    private func publishContracts(_ touched: [SoldContract], of login: Label) {
        guard !touched.isEmpty, streams.contains(where: { $0.topic.type == "proposal_open_contract" }) else { return }
        for contract in touched { publish(contract) }
    }

    /// A contract as it is now, on the streams that follow it; its own stream ends with it.
    func publish(_ contract: SoldContract) {
        for stream in streams where stream.topic == .openContracts(contract.login) || stream.topic == .contract(contract.id) {
            send(contractMessage(contract, stream.origin, subscription: stream.id))
        }
        if !contract.isOpen { streams.removeAll { $0.topic == .contract(contract.id) } }
    }

    /// A booking on an account this session speaks for, on its transaction and balance streams.
    func publish(_ booking: Booking) {
        guard authorisations.contains(where: { $0.login == booking.login }) else { return }
        for stream in streams {
            switch stream.topic {
            case .transaction(booking.login): send(transactionMessage(booking, stream))
            case .balance(booking.login): send(balanceMessage(of: booking.login, booking.balanceAfter, stream.origin, subscription: stream.id))
            case .balances(let logins):
                if logins.contains(booking.login) { send(balancesMessage(after: booking, of: logins, stream)) }
            case .openContracts(booking.login):
                if booking.action == .buy, let contract = booking.contract.flatMap(broker.contract) {
                    send(contractMessage(contract, stream.origin, subscription: stream.id))
                }
            case .ticks, .candles, .proposal, .contract, .openContracts, .balance, .transaction, .websiteStatus: break
            }
        }
        flush()
    }
}
