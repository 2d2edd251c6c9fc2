import HTTPTypes
import PlainJSON
import Synchronization
import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

@testable import TradingAPI

/// A signal over HTTP, from its body to what each session made of it.
@Suite struct SignalTests {
    let client = Client()
    var desk: FakeDesk { client.desk }
    let body = #"{"symbol":"R_100","kind":"even","duration":"3t","source":"mine","strategy":"s","session":10,"validSeconds":30}"#

    private func signals() -> [Signal] {
        desk.asked.compactMap { if case .signal(let signal) = $0 { signal } else { nil } }
    }

    @Test func everyFieldArrives() async throws {
        #expect(await client.post("/api/v1/signals", body).status == 202)
        let signal = try #require(signals().first)
        #expect(
            signal
                == Signal(
                    id: signal.id, owner: OwnerID(rawValue: 1), session: SessionID(rawValue: 10), source: Label("mine")!, strategy: Label("s")!,
                    symbol: Symbol("R_100")!, kind: .even, duration: .ticks(3), issuedAt: .fixture, validUntil: Timestamp.fixture.adding(seconds: 30)))
    }

    @Test func whatIsLeftOutHasADefault() async throws {
        #expect(await client.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise","duration":null}"#).status == 202)
        let signal = try #require(signals().first)
        #expect((signal.source, signal.strategy, signal.session, signal.duration) == (Label("api")!, nil, nil, nil))
        #expect(signal.validUntil == Timestamp.fixture.adding(seconds: 60))
    }

    @Test func theAnswerShowsWhatEachSessionMadeOfIt() async throws {
        let answer = await client.post("/api/v1/signals", body)
        let id = try #require(signals().first).id
        #expect(answer.headers[.location] == "/api/v1/signals/\(id)")
        let decisions = try #require(answer.json["decisions"]?.array)
        #expect(decisions.map { $0["status"]?.string } == ["intended", "refused"])
        #expect(decisions[0]["intent"]?.string == "10.\(id)")
        #expect(decisions[0]["trade"]?["stake"]?.string == "1.00")
        #expect(decisions[0]["trade"]?["contract"]?["id"]?.string == "9007199254740993")
        let refusal = try #require(decisions[1]["refusal"])
        #expect(refusal["code"]?.string == "loss_per_day_reached")
        #expect(refusal["compared"]?["value"]?.string == "50.50")
        #expect(refusal["compared"]?["limit"]?.string == "50.00")
        #expect(refusal["compared"]?["unit"]?.string == "USD")
        #expect(refusal["waitingHelps"]?.bool == false)
        #expect(await client.get("/api/v1/signals/\(id)").text == answer.text)
    }

    @Test func theSameKeyIsTheSameSignal() async {
        let first = await client.post("/api/v1/signals", body, key: "k1")
        let again = await client.post("/api/v1/signals", body, key: "k1")
        #expect(first.status == 202 && again.status == 202)
        #expect(first.text == again.text)
        #expect(first.headers[Idempotency.replayed] == nil && again.headers[Idempotency.replayed] == "true")
        #expect(signals().count == 1, "the second was answered from the journal")
    }

    @Test func aKeyWithAnotherSignalIsAMistake() async {
        _ = await client.post("/api/v1/signals", body, key: "k1")
        for (part, other) in [("R_100", "R_50"), ("even", "odd"), ("3t", "4t"), (#""s""#, #""t""#), ("30", "31"), ("10,", "11,")] {
            #expect(
                await client.post("/api/v1/signals", body.replacing(part, with: other), key: "k1").line == "422 idempotency_key_reused Idempotency-Key",
                "\(other)")
        }
        #expect(signals().count == 1)
        #expect(await client.post("/api/v1/signals", body.replacing("mine", with: "other"), key: "k1").status == 202, "another source has its own keys")
    }

    @Test func keysOfTwoOwnersNeverMeet() async {
        var other = client
        other.key = "key-of-2"
        _ = await client.post("/api/v1/signals", body, key: "k1")
        #expect(await other.post("/api/v1/signals", body.replacing("even", with: "odd"), key: "k1").status == 202)
        #expect(Set(signals().map(\.id)).count == 2)
    }

    /// Two at once: the loop knows the second, and it is answered from the journal.
    @Test func theLoopsRefusalOfASecondIsAnsweredFromTheJournal() async {
        let id = SignalIdentity.id(owner: OwnerID(rawValue: 1), source: Label("api")!, key: "k2")
        var row = SignalRow.fixture(0, owner: 1)
        row.signal.id = id
        row.signal.kind = .even
        desk.script(.success(.declined(.signalExists)))
        #expect(await client.post("/api/v1/signals", #"{"symbol":"R_100","kind":"even"}"#, key: "k2").line == "409 signal_exists")
        desk.state.withLock { [row] in $0.signals.append(row) }
        #expect(await client.post("/api/v1/signals", #"{"symbol":"R_100","kind":"even"}"#, key: "k2").status == 202)
        #expect(await client.post("/api/v1/signals", #"{"symbol":"R_100","kind":"odd"}"#, key: "k2").status == 422)
    }

    /// It is stored: another derivation would make old keys new.
    @Test func theNameOfASignalStaysWhatItIs() {
        #expect(SignalIdentity.id(owner: OwnerID(rawValue: 1), source: Label("api")!, key: "k").text == SignalTests.nameOfK)
    }
    static let nameOfK = "05260bc1df8c74bd4b6f29f65098e49d"

    @Test func waitingForTheBrokerIsApplied() async {
        let answer = await client.send(.post, "/api/v1/signals", body, headers: [Signals.prefer: "respond-async, wait=7"])
        #expect(answer.headers[Signals.preferenceApplied] == "wait=7")
        #expect(desk.state.withLock { $0.waitedFor.count } == 1 && desk.state.withLock { $0.waitedFor[0].hasSuffix(" 7 s") })
        let cases: [(String, Int?)] = [("wait=0", nil), ("wait=99", 30), ("wait=x", nil), ("wait", nil), ("WAIT = 3", 3), ("wait=99999999999999999999", nil)]
        for (text, seconds) in cases { #expect(Signals.waitSeconds([Signals.prefer: text]) == seconds, "\(text)") }
    }

    @Test func onlyAPendingSignalCanBeCancelled() async {
        let path = "/api/v1/signals/00000000000000000000000000000005/cancel"
        #expect(await client.post(path).status == 200)
        desk.script(.success(.declined(.signalNotPending)))
        #expect(await client.post(path).line == "409 signal_not_pending")
    }
}
