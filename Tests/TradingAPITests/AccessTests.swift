import HTTPTypes
import Hummingbird
import PlainJSON
import Synchronization
import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

@testable import TradingAPI

/// Who may ask what, and what an answer never says.
@Suite struct AccessTests {
    @Test(arguments: [nil, "", "unknown", "key-of-1x"])
    func withoutAKnownKeyNothingIsAnsweredButHealth(key: String?) async {
        var client = Client()
        client.key = key
        for route in Route.all where route.needsKey {
            let answer = await client.send(route.method, route.path.replacing("{session}", with: "10"))
            #expect(answer.line == "401 unauthorized", "\(route.path)")
            #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        }
        #expect(await client.get("/api/v1/nothing").status == 401)
        #expect(await client.get("/api/v1/health/live").status == 200)
        #expect(await client.get("/api/v1/health/ready").status == 200)
        #expect(client.desk.asked == [])
    }

    @Test func onlyBearerIsAKey() async {
        var client = Client()
        client.key = nil
        for value in ["key-of-1", "Basic key-of-1", "Bearer", "Bearer  key-of-1", "Bearer " + String(repeating: "k", count: 600)] {
            #expect(await client.send(.get, "/api/v1/sessions", headers: [.authorization: value]).status == 401, "\(value)")
        }
        #expect(await client.send(.get, "/api/v1/sessions", headers: [.authorization: "bearer key-of-1"]).status == 200)
    }

    /// Another owner's id and one that does not exist cannot be told apart.
    @Test(arguments: [
        (HTTPRequest.Method.get, "/api/v1/sessions/20", "session_not_found"), (.post, "/api/v1/sessions/20/start", "session_not_found"),
        (.post, "/api/v1/sessions/20/stop", "session_not_found"), (.get, "/api/v1/sessions/20/drawdown", "session_not_found"),
        (.get, "/api/v1/sessions/20/can-execute-trade", "session_not_found"), (.get, "/api/v1/accounts/2", "account_not_found"),
        (.delete, "/api/v1/accounts/2", "account_not_found"), (.post, "/api/v1/accounts/2/check", "account_not_found"),
        (.get, "/api/v1/signals/00000000000000000000000000000006", "signal_not_found"),
        (.post, "/api/v1/signals/00000000000000000000000000000006/cancel", "signal_not_found"),
        (.get, "/api/v1/trades/20.00000000000000000000000000000006", "intent_not_found"),
    ])
    func anothersIsNotThere(method: HTTPRequest.Method, target: String, code: String) async {
        let client = Client()
        let foreign = await client.send(method, target)
        let missing = await client.send(method, target.replacing("20", with: "98").replacing("/2", with: "/97").replacing("06", with: "99"))
        #expect(foreign.line == "404 \(code)")
        #expect(foreign.text == missing.text)
    }

    @Test func listsShowOnlyOnesOwn() async {
        var client = Client()
        for (key, session) in [("key-of-1", 10), ("key-of-2", 20)] as [(String, Int64)] {
            client.key = key
            #expect(await client.get("/api/v1/sessions").json["items"]?.array?.map { $0["id"]?.integer } == [session])
            #expect(await client.get("/api/v1/trades?session=10").json["items"]?.array?.count == (session == 10 ? 1 : 0))
            #expect(await client.get("/api/v1/accounts").json["items"]?.array?.count == 1)
            #expect(await client.get("/api/v1/signals").json["items"]?.array?.count == 1)
        }
    }

    @Test func aFaultOfOursSaysNothingOfItself() async {
        let client = Client()
        client.desk.breakStore()
        let answer = await client.get("/api/v1/sessions")
        #expect(answer.line == "500 internal_error")
        #expect(!answer.text.contains("sector"))
    }

    @Test func aWrongMethodIsToldTheRightOnes() async {
        let answer = await Client().delete("/api/v1/sessions")
        #expect(answer.line == "405 method_not_allowed")
        #expect(answer.headers[.allow] == "POST, GET, HEAD")
        #expect(await Client().send(.head, "/api/v1/sessions").status == 200)
    }

    @Test func everyAnswerForbidsKeepingAndGuessing() async {
        for target in ["/api/v1/sessions", "/api/v1/nothing", "/api/v1/health/live"] {
            let headers = await Client().get(target).headers
            #expect(headers[.cacheControl] == "no-store")
            #expect(headers[.xContentTypeOptions] == "nosniff")
            #expect(headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
            #expect(headers[.strictTransportSecurity] == nil, "only where browsers come by https")
            #expect(headers[.server] == nil)
        }
    }

    @Test func byHTTPSBrowsersAreToldToStayThere() async {
        var configuration = APIConfiguration()
        configuration.isSecure = true
        #expect(
            await Client(configuration: configuration).get("/api/v1/health/live").headers[.strictTransportSecurity] == "max-age=31536000; includeSubDomains")
    }

    @Test(
        arguments: [
            (nil, 200), ("127.0.0.1", 200), ("127.0.0.1:8080", 200), ("localhost:1", 200), ("LOCALHOST", 200), ("[::1]:8080", 200), ("trade.example.org", 200),
            ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("evil.example:8080", 421), ("[::2]", 421), ("127.0.0.2", 421), ("a@127.0.0.1", 421),
        ] as [(String?, Int)])
    func onlyItsOwnNamesAreAnswered(host: String?, status: Int) async {
        var configuration = APIConfiguration()
        configuration.hosts.append("trade.example.org")
        var client = Client(configuration: configuration)
        client.host = host
        for target in ["/api/v1/sessions", "/api/v1/health/live"] {
            let answer = await client.get(target)
            #expect(answer.status == status)
            if status == 421 { #expect(answer.code == "host_not_allowed") }
        }
    }

    @Test func anUnknownAddressMayAskSoOften() async {
        var configuration = APIConfiguration()
        configuration.limits.unknownPerMinute = 3
        var client = Client(configuration: configuration)
        #expect(await client.get("/api/v1/sessions").status == 200)
        client.key = "unknown"
        for _ in 0..<3 { #expect(await client.get("/api/v1/sessions").status == 401) }
        let fourth = await client.get("/api/v1/sessions")
        #expect(fourth.line == "429 rate_limited" && fourth.headers[.retryAfter] != nil)
        #expect(await client.send(.get, "/api/v1/sessions", bytes: [], from: "192.0.2.1").status == 401, "another address is another")
        client.key = "key-of-1"
        #expect(await client.get("/api/v1/sessions").status == 200, "who is known is not held up")
    }

    @Test func problemsHaveOneShape() async {
        let answer = await Client().get("/api/v1/sessions?limit=0")
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(
            answer.text
                == #"{"type":"urn:signalist:problem:invalid_field","title":"A field is wrong","status":400,"code":"invalid_field","detail":"limit is \"0\"; expected a whole number from 1 to 500","field":"limit"}"#
        )
    }

    @Test func fullIsAnAnswer() async {
        let client = Client()
        client.desk.script(.failure(.overloaded), .success(.declined(.overloaded)), .failure(.closed))
        for code in ["overloaded", "overloaded", "server_ending"] {
            let answer = await client.post("/api/v1/signals", #"{"symbol":"R_100","kind":"rise"}"#)
            #expect(answer.line == "503 \(code)")
            #expect(answer.headers[.retryAfter] != nil)
        }
        #expect(client.desk.state.withLock { $0.signals.count } == 2)
    }

    @Test(arguments: Decline.allCases)
    func everyDeclineIsAProblem(decline: Decline) async {
        let client = Client()
        client.desk.script(.success(.declined(decline)))
        let answer = await client.post("/api/v1/sessions/10/start")
        #expect(answer.code == decline.rawValue)
        #expect([403, 404, 409, 422, 503].contains(answer.status))
    }

    @Test func whatTheBrokerSaysOfATokenIsTold() async {
        let client = Client()
        let errors: [(AccountError, String)] = [
            (.broker(.refused(code: "InvalidToken")), "422 token_refused token"),
            (.broker(.scopes(missing: ["trade"], forbidden: ["admin"])), "422 token_scopes token"),
            (.broker(.unreachable("10.0.0.7:443 refused")), "504 broker_unreachable"), (.broker(.unusable("line 3")), "502 broker_answer_unusable"),
            (.declined(.accountExists), "409 account_exists"), (.desk(.overloaded), "503 overloaded"), (.vault, "503 vault_failed"),
            (.notFound, "404 account_not_found"),
        ]
        for (error, line) in errors {
            client.desk.state.withLock { $0.accountScript = [error] }
            let answer = await client.post("/api/v1/accounts", #"{"token":"abc"}"#)
            #expect(answer.line == line)
            #expect(!answer.text.contains("10.0.0.7") && !answer.text.contains("line 3"))
        }
    }
}
