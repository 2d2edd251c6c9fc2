import PlainJSON
import SimulatedMarket
import TradingModel

/// What a stream is about. A connection has one stream of each.
enum Topic: Hashable {
    case ticks(Symbol)
    case candles(Symbol, seconds: Int64)
    case proposal(Proposal.Wish)
    case contract(ContractID)
    case openContracts
    case balance
    case transaction
    case websiteStatus

    /// The word of `forget_all`.
    var type: String {
        switch self {
        case .ticks: "ticks"
        case .candles: "candles"
        case .proposal: "proposal"
        case .contract, .openContracts: "proposal_open_contract"
        case .balance: "balance"
        case .transaction: "transaction"
        case .websiteStatus: "website_status"
        }
    }

    /// Whether it ends with the authorisation.
    var needsAccount: Bool {
        switch self {
        case .contract, .openContracts, .balance, .transaction: true
        case .ticks, .candles, .proposal, .websiteStatus: false
        }
    }
}

/// One subscription of one connection.
struct Stream {
    let id: String
    let topic: Topic
    let origin: Origin
}

extension V3Session {
    /// Streams one connection may have at a time.
    static let mostStreams = 100

    @discardableResult
    func open(_ topic: Topic, for request: Request, id: String? = nil) throws(V3Error) -> Stream {
        guard !streams.contains(where: { $0.topic == topic }) else { throw V3Error("AlreadySubscribed", "This stream is already open.") }
        guard streams.count < V3Session.mostStreams else { throw V3Error("RateLimit", "This connection has \(V3Session.mostStreams) streams already.") }
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
    func publish(_ events: [MarketEvent]) {
        guard !streams.isEmpty, !events.isEmpty else { return }
        for case .tick(let tick) in events {
            for stream in streams {
                switch stream.topic {
                case .ticks(tick.symbol): send(tickMessage(tick, stream))
                case .candles(tick.symbol, let seconds): send(candleMessage(tick, seconds: seconds, stream))
                case .ticks, .candles, .proposal, .contract, .openContracts, .balance, .transaction, .websiteStatus: break
                }
            }
        }
        publishContracts(events)
        for case .settled(let contract, let booking) in events where contract.login == authorisation?.login { publish(booking) }
        flush()
    }

    private func publishContracts(_ events: [MarketEvent]) {
        var touched: [SoldContract] = []
        guard let login = authorisation?.login, streams.contains(where: { $0.topic.type == "proposal_open_contract" }) else { return }
        for event in events {
            switch event {
            case .tick(let tick):
                touched += broker.open.map { broker.contracts[$0] }.filter { $0.login == login && $0.terms.symbol == tick.symbol }
            case .settled(let contract, _): if contract.login == login { touched.append(contract) }
            }
        }
        for contract in touched {
            for stream in streams where stream.topic == .openContracts || stream.topic == .contract(contract.id) {
                send(contractMessage(contract, stream.origin, subscription: stream.id))
            }
            if !contract.isOpen { streams.removeAll { $0.topic == .contract(contract.id) } }
        }
    }

    /// A booking on this session's account, on its transaction and balance streams.
    func publish(_ booking: Booking) {
        guard booking.login == authorisation?.login else { return }
        for stream in streams {
            switch stream.topic {
            case .transaction: send(transactionMessage(booking, stream))
            case .balance: send(balanceMessage(of: booking.login, booking.balanceAfter, stream.origin, subscription: stream.id))
            case .openContracts:
                if booking.action == .buy, let contract = booking.contract.flatMap(broker.contract) {
                    send(contractMessage(contract, stream.origin, subscription: stream.id))
                }
            case .ticks, .candles, .proposal, .contract, .websiteStatus: break
            }
        }
        flush()
    }
}
