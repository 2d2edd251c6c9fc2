import HTTPTypes
import Hummingbird
import People
import PlainJSON
import SQLiteStore
import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import TradingAPI

/// Live streams of all kinds: how many there may be, and that they end with what let their client in.
@Suite(.timeLimit(.minutes(1))) struct StreamTests {
    static let targets = ["/api/v1/events", "/api/deriv/auto-trading/live-updates", "/api/deriv/market-data/stream?symbol=R_100"]

    /// A market in which nothing ever happens.
    struct Silent: Market {
        func lists(_ symbol: Symbol) async throws(MarketError) -> Bool { true }
        func candles(of symbol: Symbol, seconds: Int64, count: Int) async throws(MarketError) -> Candles { throw .unreachable }
        func standing(of symbol: Symbol) async throws(MarketError) -> MarketStanding { throw .unreachable }
        func readings(of topic: MarketTopic) async throws(MarketError) -> MarketReadings { MarketReadings(onEnd: {}) }
    }

    /// Takes whatever is written.
    struct Sink: ResponseBodyWriter {
        mutating func write(_ buffer: ByteBuffer) async throws {}
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    /// Listens until the stream ends; returns once it is open.
    private func listening(_ client: Client, _ target: String, headers: HTTPFields) async throws -> Task<Void, any Error> {
        let write = try #require(await client.stream(target, headers: headers), "\(target)"), before = client.api.streams.open
        let task = Task {
            var sink: any ResponseBodyWriter = Sink()
            try await write(&sink)
        }
        while client.api.streams.open == before { await Task.yield() }
        return task
    }

    private func world() async throws -> (world: PeopleWorld, person: OwnerID) {
        let desk = FakeDesk(market: Silent()), world = try PeopleWorld(desk: desk), ada = try await world.person("ada")
        desk.state.withLock { $0.accounts.append(.fixture(3, owner: ada.id.rawValue)) }
        return (world, ada.id)
    }

    @Test(arguments: targets)
    func aStreamEndsWithItsVisit(_ target: String) async throws {
        let (world, ada) = try await world(), browser = try await world.browser("ada")
        let stream = try await listening(world.client, target, headers: browser.headers)
        #expect(await browser.send(.post, "/api/v1/log-out").status == 204)
        try await stream.value
        #expect(world.client.api.streams.open == 0)
        #expect(try await world.book.visits(ada).isEmpty)
    }

    @Test(arguments: targets)
    func aStreamEndsWithItsKeyAndWithWhatItsPersonMay(_ target: String) async throws {
        let (world, ada) = try await world()
        _ = try await world.browser("ada")
        let visit = try #require(try await world.store.visits(ada).first)
        func key() async throws -> (id: String, headers: HTTPFields) {
            guard
                case .done(let key, let text) = try await world.book.makeKey(
                    visit, name: Label("k")!, scopes: [.readTrades], sessions: [], addresses: [], validDays: 1, by: .host)
            else { throw PeopleWorld.NotAdded() }
            return (key.id, [.authorization: "Bearer \(text.reveal { $0 })"])
        }
        let one = try await key(), stream = try await listening(world.client, target, headers: one.headers)
        #expect(try await world.book.removeKey(one.id, of: ada, by: .host))
        try await stream.value
        let other = try await listening(world.client, target, headers: try await key().headers)
        _ = try await world.book.change(ada, PersonChange(role: .auditor), by: .host)
        try await other.value
        #expect(world.client.api.streams.open == 0)
    }

    @Test func aVisitHasSixStreamsAndAnOwnerAsManyAsItIsAllowed() async throws {
        var configuration = APIConfiguration()
        (configuration.streamsMost, configuration.streamsOfOwnerMost) = (100, 8)
        let (world, _) = try await world()
        var client = Client(world.client.desk, people: world.book, configuration: configuration)
        // Of another owner than the first person.
        client.key = "key-of-2"
        var nobody = client
        nobody.key = nil
        let first = try await world.browser("ada"), second = try await world.browser("ada")
        var streams: [Task<Void, any Error>] = []
        for number in 0..<6 { streams.append(try await listening(nobody, StreamTests.targets[number % 3], headers: first.headers)) }
        for target in StreamTests.targets {
            let answer = await nobody.send(.get, target, headers: first.headers)
            #expect(answer.status == 429 && answer.headers[.retryAfter] == "30", "\(target)")
        }
        #expect(await nobody.send(.get, "/api/v1/events", headers: first.headers).code == "too_many_own_streams")
        for _ in 0..<2 { streams.append(try await listening(nobody, "/api/v1/events", headers: second.headers)) }
        #expect(await nobody.send(.get, "/api/v1/events", headers: second.headers).line == "429 too_many_own_streams", "eight of one owner")
        // Another owner is not held up.
        streams.append(try await listening(client, "/api/v1/events", headers: [.authorization: "Bearer key-of-2"]))
        // One that ends makes room.
        streams[0].cancel()
        _ = await streams[0].result
        streams.append(try await listening(nobody, "/api/v1/events", headers: first.headers))
        for stream in streams { stream.cancel() }
        for stream in streams { _ = await stream.result }
        #expect(client.api.streams.open == 0)
    }
}
