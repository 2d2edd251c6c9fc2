import HTTPTypes
import PlainJSON
import Synchronization
import Testing
import TradingModel

@testable import TradingAPI

/// Whatever comes in, the answer is a 4xx that names the field, and nothing reaches the loop.
@Suite struct WrongInputTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let body: String
        let line: String
        init(_ body: String, _ line: String) { (self.body, self.line) = (body, line) }
        var testDescription: String { "\(body.prefix(60)) → \(line)" }
    }

    static let signals = [
        Case(#"{"kind":"rise"}"#, "400 missing_field symbol"),
        Case(#"{"symbol":"R_100"}"#, "400 missing_field kind"),
        Case(#"{"symbol":7,"kind":"rise"}"#, "400 invalid_field symbol"),
        Case(#"{"symbol":null,"kind":"rise"}"#, "400 invalid_field symbol"),
        Case(#"{"symbol":"R 100","kind":"rise"}"#, "400 invalid_field symbol"),
        Case(#"{"symbol":"R_100'; DROP TABLE","kind":"rise"}"#, "400 invalid_field symbol"),
        Case(#"{"symbol":"R_100","kind":"CALL"}"#, "400 invalid_field kind"),
        Case(#"{"symbol":"R_100","kind":"rise","duration":"5"}"#, "400 invalid_field duration"),
        Case(#"{"symbol":"R_100","kind":"rise","duration":"-5t"}"#, "400 invalid_field duration"),
        Case(#"{"symbol":"R_100","kind":"rise","duration":"+5t"}"#, "400 invalid_field duration"),
        Case(#"{"symbol":"R_100","kind":"rise","duration":"99999999999999999999t"}"#, "400 invalid_field duration"),
        Case(#"{"symbol":"R_100","kind":"rise","source":""}"#, "400 invalid_field source"),
        Case(#"{"symbol":"R_100","kind":"rise","source":"\u0000"}"#, "400 invalid_field source"),
        Case(#"{"symbol":"R_100","kind":"rise","session":"10"}"#, "400 invalid_field session"),
        Case(#"{"symbol":"R_100","kind":"rise","session":-1}"#, "400 invalid_field session"),
        Case(#"{"symbol":"R_100","kind":"rise","session":1.5}"#, "400 invalid_field session"),
        Case(#"{"symbol":"R_100","kind":"rise","validSeconds":0}"#, "400 invalid_field validSeconds"),
        Case(#"{"symbol":"R_100","kind":"rise","validSeconds":3601}"#, "400 invalid_field validSeconds"),
        Case(#"{"symbol":"R_100","kind":"rise","validSeconds":1e400}"#, "400 invalid_field validSeconds"),
        Case(#"{"symbol":"R_100","kind":"rise","validSeconds":NaN}"#, "400 malformed_json validSeconds"),
        Case(#"{"symbol":"R_100","kind":"rise","validUntil":"tomorrow"}"#, "400 invalid_field validUntil"),
        Case(#"{"symbol":"R_100","kind":"rise","validUntil":"2026-11-22T10:15:00Z"}"#, "400 invalid_field validUntil"),
        Case(#"{"symbol":"R_100","kind":"rise","validUntil":"2026-11-22T11:15:31Z"}"#, "400 invalid_field validUntil"),
        Case(#"{"symbol":"R_100","kind":"rise","validUntil":"2026-11-22T10:16:00Z","validSeconds":5}"#, "400 invalid_field validUntil"),
        Case(#"{"symbol":"R_100","kind":"rise","stake":"5.00"}"#, "400 unknown_field stake"),
        Case(#"{"symbol":"R_100","symbol":"R_50","kind":"rise"}"#, "400 duplicate_field symbol"),
        Case(#"{"symbol":"R_100","kind":{"a":[1,2,}]}}"#, "400 malformed_json kind.a[2]"),
        Case(#"[]"#, "400 malformed_json"),
        Case(#"{"symbol":"R_100","kind":"rise"} x"#, "400 malformed_json"),
        Case(#""#, "415 unsupported_content_type Content-Type"),
        Case(#"{"symbol":"\ud800","kind":"rise"}"#, "400 malformed_json symbol"),
        Case(#"{"symbol":"# + String(repeating: "[", count: 5_000), "400 malformed_json symbol[0][0][0][0][0]"),
    ]

    @Test(arguments: signals)
    func aWrongSignalIsNamedAndNotAccepted(wrong: Case) async {
        let client = Client()
        #expect(await client.post("/api/v1/signals", wrong.body).line == wrong.line)
        #expect(client.desk.asked == [])
    }

    static let plan = #""account":1,"name":"a","stake":{"fixed":"1.00"}"#
    static let sessions = [
        Case(#"{"name":"a","stake":{"fixed":"1"}}"#, "400 missing_field account"),
        Case(#"{"account":2,"name":"a","stake":{"fixed":"1"}}"#, "422 account_not_found account"),
        Case(#"{"account":99,"name":"a","stake":{"fixed":"1"}}"#, "422 account_not_found account"),
        Case(#"{"account":1,"stake":{"fixed":"1"}}"#, "400 missing_field name"),
        Case(#"{"account":1,"name":" a","stake":{"fixed":"1"}}"#, "400 invalid_field name"),
        Case(#"{"account":1,"name":"123456789012345678901234567890123","stake":{"fixed":"1"}}"#, "400 invalid_field name"),
        Case(#"{"account":1,"name":"a"}"#, "400 missing_field stake"),
        Case(#"{"account":1,"name":"a","stake":{}}"#, "400 invalid_field stake"),
        Case(#"{"account":1,"name":"a","stake":5}"#, "400 invalid_field stake"),
        Case(#"{"account":1,"name":"a","stake":{"fixed":"1","percentOfBalance":1}}"#, "400 invalid_field stake"),
        Case(#"{"account":1,"name":"a","stake":{"fixed":"0"}}"#, "400 invalid_field stake.fixed"),
        Case(#"{"account":1,"name":"a","stake":{"fixed":"-1"}}"#, "400 invalid_field stake.fixed"),
        Case(#"{"account":1,"name":"a","stake":{"fixed":"1.001"}}"#, "400 invalid_field stake.fixed"),
        Case(#"{"account":1,"name":"a","stake":{"fixed":1.001}}"#, "400 invalid_field stake.fixed"),
        Case(#"{"account":1,"name":"a","stake":{"fixed":"10000000000.01"}}"#, "400 invalid_field stake.fixed"),
        Case(#"{"account":1,"name":"a","stake":{"fixed":1e300}}"#, "400 invalid_field stake.fixed"),
        Case(#"{"account":1,"name":"a","stake":{"fixed":true}}"#, "400 invalid_field stake.fixed"),
        Case(#"{"account":1,"name":"a","stake":{"percentOfBalance":0}}"#, "400 invalid_field stake.percentOfBalance"),
        Case(#"{"account":1,"name":"a","stake":{"percentOfBalance":100.01}}"#, "400 invalid_field stake.percentOfBalance"),
        Case(#"{"account":1,"name":"a","stake":{"percentOfBalance":"1"}}"#, "400 invalid_field stake.percentOfBalance"),
        Case("{\(plan),\"limits\":{\"drawdown\":-1}}", "400 invalid_field limits.drawdown"),
        Case("{\(plan),\"limits\":{\"drawdown\":101}}", "400 invalid_field limits.drawdown"),
        Case("{\(plan),\"limits\":{\"drawdown\":10.555}}", "400 invalid_field limits.drawdown"),
        Case("{\(plan),\"limits\":{\"tradesPerDay\":-5}}", "400 invalid_field limits.tradesPerDay"),
        Case("{\(plan),\"limits\":{\"tradesPerDay\":1000001}}", "400 invalid_field limits.tradesPerDay"),
        Case("{\(plan),\"limits\":{\"tradesPerDay\":\"10\"}}", "400 invalid_field limits.tradesPerDay"),
        Case("{\(plan),\"limits\":{\"lossesInARow\":1001}}", "400 invalid_field limits.lossesInARow"),
        Case("{\(plan),\"limits\":{\"lossPerDay\":-0.01}}", "400 invalid_field limits.lossPerDay"),
        Case("{\(plan),\"limits\":{\"maxTradesPerDay\":10}}", "400 unknown_field limits.maxTradesPerDay"),
        Case("{\(plan),\"limits\":[]}", "400 invalid_field limits"),
        Case("{\(plan),\"criteria\":{\"symbols\":[\"R_100\",\"R_100\"]}}", "400 invalid_field criteria.symbols[1]"),
        Case("{\(plan),\"criteria\":{\"symbols\":[\"R_100\",7]}}", "400 invalid_field criteria.symbols[1]"),
        Case("{\(plan),\"criteria\":{\"symbols\":\"R_100\"}}", "400 invalid_field criteria.symbols"),
        Case("{\(plan),\"criteria\":{\"sources\":[\(Array(repeating: "\"a\"", count: 65).joined(separator: ","))]}}", "400 invalid_field criteria.sources"),
        Case("{\(plan),\"strategies\":[{\"name\":\"even-odd\"}]}", "400 missing_field criteria.symbols"),
        Case("{\(plan),\"strategies\":[{\"name\":\"martingale\"}],\"criteria\":{\"symbols\":[\"R_100\"]}}", "400 invalid_field strategies[0].name"),
        Case(
            "{\(plan),\"strategies\":[{\"name\":\"even-odd\",\"parameters\":{\"streak\":99}}],\"criteria\":{\"symbols\":[\"R_100\"]}}",
            "400 invalid_field strategies[0].parameters.streak"),
        Case(
            "{\(plan),\"strategies\":[{\"name\":\"even-odd\",\"parameters\":{\"streak\":2.5}}],\"criteria\":{\"symbols\":[\"R_100\"]}}",
            "400 invalid_field strategies[0].parameters.streak"),
        Case("{\(plan),\"duration\":\"5x\"}", "400 invalid_field duration"),
        Case("{\(plan),\"openContracts\":0}", "400 invalid_field openContracts"),
        Case("{\(plan),\"openContracts\":101}", "400 invalid_field openContracts"),
        Case("{\(plan),\"zone\":\"Mars/Olympus\"}", "400 invalid_field zone"),
        Case("{\(plan),\"isAdmin\":true}", "400 unknown_field isAdmin"),
    ]

    @Test(arguments: sessions)
    func aWrongPlanIsNamedAndNothingIsCreated(wrong: Case) async {
        let client = Client()
        #expect(await client.post("/api/v1/sessions", wrong.body).line == wrong.line)
        #expect(client.desk.asked == [])
    }

    static let targets = [
        Case("/api/v1/sessions?limit=0", "400 invalid_field limit"),
        Case("/api/v1/sessions?limit=501", "400 invalid_field limit"),
        Case("/api/v1/sessions?limit=ten", "400 invalid_field limit"),
        Case("/api/v1/sessions?limit=5&limit=6", "400 duplicate_field limit"),
        Case("/api/v1/sessions?phase=running", "400 invalid_field phase"),
        Case("/api/v1/sessions?status=active", "400 unknown_field status"),
        Case("/api/v1/sessions?after=", "400 invalid_field after"),
        Case("/api/v1/sessions?after=%FF", "400 invalid_field after"),
        Case("/api/v1/sessions?after=%2", "400 invalid_field after"),
        Case("/api/v1/sessions?after=nonsense", "400 invalid_field after"),
        Case("/api/v1/signals?status=open", "400 invalid_field status"),
        Case("/api/v1/trades?session=-3", "400 invalid_field session"),
        Case("/api/v1/sessions/abc", "400 invalid_field session"),
        Case("/api/v1/sessions/0", "400 invalid_field session"),
        Case("/api/v1/sessions/99999999999999999999", "400 invalid_field session"),
        Case("/api/v1/sessions/10?verbose=1", "400 unknown_field verbose"),
        Case("/api/v1/signals/xyz", "400 invalid_field signal"),
        Case("/api/v1/trades/7", "400 invalid_field trade"),
        Case("/api/v1/trades/-7.00000000000000000000000000000005", "400 invalid_field trade"),
        Case("/api/v1/accounts/%31", "400 invalid_field account"),
        Case("/api/v1/sessions/10/can-execute-trade?stake=-1", "400 invalid_field stake"),
        Case("/api/v1/sessions/10/can-execute-trade?stake=1e3", "400 invalid_field stake"),
        Case("/api/v1/sessions/10/can-execute-trade?symbol=R_100", "400 missing_field kind"),
        Case("/api/v1/sessions/10/can-execute-trade?duration=5t", "400 missing_field symbol"),
        Case("/api/v1/nothing", "404 not_found"),
        Case("/api/v1/sessions/", "400 invalid_field session"),
        Case("/", "404 not_found"),
    ]

    @Test(arguments: targets)
    func aWrongAddressIsNamed(wrong: Case) async {
        #expect(await Client().get(wrong.body).line == wrong.line)
    }

    @Test(arguments: ["abc", "-1", "1.5", "99999999999999999999"])
    func aStreamBeginsAfterANumber(after: String) async {
        #expect(await Client().get("/api/v1/events?after=\(after)").line == "400 invalid_field after")
    }

    static let others: [(HTTPRequest.Method, String, String, String)] = [
        (.post, "/api/v1/accounts", #"{"token":"has space"}"#, "400 invalid_field token"),
        (.post, "/api/v1/accounts", #"{"token":""}"#, "400 invalid_field token"),
        (.post, "/api/v1/accounts", #"{"token":5}"#, "400 invalid_field token"),
        (.post, "/api/v1/accounts", #"{}"#, "400 missing_field token"),
        (.post, "/api/v1/sessions/10/start", #"{"now":true}"#, "400 unknown_field now"),
        (.post, "/api/v1/sessions/10/resume", #"{"acceptDrawdown":"yes"}"#, "400 invalid_field acceptDrawdown"),
        (.post, "/api/v1/trades/10.00000000000000000000000000000005/resolve", #"{"contract":7}"#, "400 invalid_field contract"),
        (.post, "/api/v1/trades/10.00000000000000000000000000000005/resolve", #"{"contract":"-7"}"#, "400 invalid_field contract"),
        (.post, "/api/v1/trades/10.00000000000000000000000000000005/resolve", #"{}"#, "400 missing_field contract"),
        (.put, "/api/v1/accounts/1/limits", #"{"openContracts":-1}"#, "400 invalid_field openContracts"),
        (.put, "/api/v1/sessions/10/plan", #"{"account":2,"name":"a","stake":{"fixed":"1"}}"#, "400 unknown_field account"),
        (.put, "/api/v1/sessions/10/plan", #"{"name":"a","stake":{"fixed":"1"},"zone":"Asia/Kolkata"}"#, "400 invalid_field zone"),
    ]

    @Test func everyOtherBodyIsReadAsStrictly() async {
        for (method, target, body, line) in WrongInputTests.others {
            let client = Client()
            #expect(await client.send(method, target, body).line == line, "\(target) \(body)")
            #expect(client.desk.asked == [], "\(target)")
        }
    }

    @Test func aTokenIsNeverShown() async {
        let client = Client()
        #expect(!(await client.post("/api/v1/accounts", #"{"token":"s3cret token"}"#)).text.contains("s3cret"))
        #expect(!(await client.post("/api/v1/accounts", #"{"token":"s3cret"}"#)).text.contains("s3cret"))
        #expect(client.desk.state.withLock { $0.tokens } == ["s3cret"])
    }

    @Test func badUTF8IsFoundWhereItStands() async {
        let client = Client()
        let bytes = Array(#"{"symbol":"R_100","kind":"rise","source":""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8)
        #expect(await client.send(.post, "/api/v1/signals", bytes: bytes).line == "400 malformed_json source")
    }

    @Test func aHugeBodyIsRefusedBeforeItIsRead() async {
        let client = Client()
        #expect(await client.post("/api/v1/signals", String(repeating: " ", count: 65_537)).line == "413 body_too_large")
        #expect(await client.post("/api/v1/signals", String(repeating: " ", count: 65_536)).line == "400 malformed_json")
    }

    @Test func onlyJSONIsRead() async {
        let client = Client()
        for type in ["text/plain", "application/json; charset=latin1", "application/xml"] {
            #expect(await client.send(.post, "/api/v1/signals", "{}", headers: [.contentType: type]).status == 415, "\(type)")
        }
        #expect(await client.send(.post, "/api/v1/signals", "{}", headers: [.contentType: "application/json; charset=UTF-8"]).status == 400)
    }

    @Test func anInvalidIdempotencyKeyIsNamed() async {
        let client = Client()
        for key in ["", "with space", "ü", String(repeating: "k", count: 201)] {
            #expect(await client.post("/api/v1/emergency-stop", key: key).line == "400 invalid_field Idempotency-Key", "\(key)")
        }
        #expect(client.desk.asked == [])
    }

    /// A seeded heap of broken bodies: none is a 5xx, none reaches the loop unless it is whole.
    @Test func noBodyBreaksTheServer() async {
        let client = Client(),
            seeds = Array(
                #"{"account":1,"name":"a","stake":{"fixed":"1.00"},"limits":{"drawdown":10.5,"tradesPerDay":10},"criteria":{"symbols":["R_100"]}}"#.utf8)
        var random = SeededRandom(seed: 7)
        for _ in 0..<2_000 {
            var bytes = seeds
            for _ in 0..<random.pick(1...4) {
                let index = Int(random.pick(0...Int64(bytes.count - 1)))
                switch random.pick(0...2) {
                case 0: bytes[index] = UInt8(random.pick(0...255))
                case 1: bytes.remove(at: index)
                default: bytes.insert(contentsOf: Array("\"{}[],:0-9e".utf8).prefix(Int(random.pick(1...11))), at: index)
                }
            }
            let answer = await client.send(.post, "/api/v1/sessions", bytes: bytes)
            #expect(answer.status < 500, "\(String(decoding: bytes, as: UTF8.self)): \(answer.text)")
        }
    }
}
