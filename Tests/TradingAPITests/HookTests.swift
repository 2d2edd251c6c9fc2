import Crypto
import HTTPTypes
import Hummingbird
import People
import PlainJSON
import Synchronization
import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

@testable import TradingAPI

/// Alerts of others: who may send them, what they become, and that one alert is one signal.
@Suite struct HookTests {
    /// A hook of owner 1, as its maker sees it.
    struct Made { let id: String, secret: String, path: String }

    static func make(_ client: Client, _ body: String) async -> Made {
        let answer = await client.post("/api/v1/hooks", body)
        #expect(answer.status == 201, "\(answer.text)")
        let id = answer.json["id"]?.string ?? "", secret = answer.json["secret"]?.string ?? ""
        return Made(id: id, secret: secret, path: (answer.json["path"]?.string ?? "").replacing("{secret}", with: secret))
    }

    static func signature(_ secret: String, _ body: String, at seconds: Int64 = Timestamp.fixture.seconds, nonce: String = "nonce-0001") -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(seconds).\(nonce).\(body)".utf8), using: SymmetricKey(data: Array(secret.utf8)))
        return "t=\(seconds),n=\(nonce),v1=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func send(_ client: Client, _ hook: Made, _ body: String, signature: String?, from peer: String = "127.0.0.1") async -> Client.Answer {
        var client = client, headers: HTTPFields = [.contentType: "application/json"]
        client.key = nil
        headers[HookSignature.header] = signature
        return await client.send(.post, hook.path, bytes: Array(body.utf8), headers: headers, from: peer)
    }

    static let tradingView = """
        {"name":"chart","format":"tradingview","template":{"symbol":{"from":"ticker","map":{"VOLATILITY100":"1HZ100V"}},\
        "kind":{"from":"strategy.action","map":{"buy":"rise","sell":"fall"}},"duration":"5t","barTime":{"from":"time"},"sentAt":{"from":"now"}}}
        """
    static func alert(_ action: String = "buy", bar: String = "2026-11-22T10:15:00Z", now: String = "2026-11-22T10:15:28Z") -> String {
        #"{"ticker":"VOLATILITY100","strategy":{"action":"\#(action)","size":3},"time":"\#(bar)","now":"\#(now)"}"#
    }

    // MARK: The signed format

    @Test func aSignedAlertIsASignal() async throws {
        let client = Client(), hook = await Self.make(client, #"{"name":"mine","format":"signed","session":10,"validSeconds":30}"#)
        let body = #"{"symbol":"R_100","kind":"rise","duration":"5t"}"#
        let answer = await Self.send(client, hook, body, signature: Self.signature(hook.secret, body))
        #expect(answer.status == 202, "\(answer.text)")
        #expect(answer.json["repeated"]?.bool == false)
        let asked = try #require(client.desk.asked.last)
        guard case .signal(let signal) = asked else { Issue.record("\(asked)"); return }
        #expect(signal.id.text == answer.json["signal"]?.string)
        #expect(signal.owner == OwnerID(rawValue: 1) && signal.session == SessionID(rawValue: 10) && signal.source.text == "webhook")
        #expect(signal.symbol.text == "R_100" && signal.kind == .rise && signal.duration == .ticks(5))
        #expect(signal.validUntil.milliseconds(since: signal.issuedAt) == 30_000)
    }

    @Test func theSameAlertAgainIsTheSameSignal() async {
        let client = Client(), hook = await Self.make(client, #"{"name":"mine","format":"signed"}"#)
        let body = #"{"symbol":"R_100","kind":"rise"}"#
        func sent(_ body: String, nonce: String) async -> Client.Answer {
            await Self.send(client, hook, body, signature: Self.signature(hook.secret, body, nonce: nonce))
        }
        let first = await sent(body, nonce: "nonce-0001"), again = await sent(body, nonce: "nonce-0001"), other = await sent(body, nonce: "nonce-0002")
        #expect(again.status == 202 && again.json["signal"] == first.json["signal"] && again.json["repeated"]?.bool == true)
        #expect(other.json["signal"] != first.json["signal"])
        // A number used once is used for one thing.
        #expect(await sent(#"{"symbol":"R_100","kind":"fall"}"#, nonce: "nonce-0001").line == "422 idempotency_key_reused id")
        // With a name of the sender's own, or a bar, another number changes nothing.
        for named in [
            #"{"symbol":"R_100","kind":"rise","id":"a-1"}"#, #"{"symbol":"R_100","kind":"rise","id":7}"#,
            #"{"symbol":"R_100","kind":"rise","barTime":1790000000}"#,
        ] {
            let one = await sent(named, nonce: "nonce-0003"), two = await sent(named, nonce: "nonce-0004")
            #expect(one.json["signal"] == two.json["signal"] && two.json["repeated"]?.bool == true, "\(named)")
        }
        #expect(client.desk.state.withLock { $0.signals.count } == 2 + 2 + 3)
    }

    @Test func anAlertIsTheSameThoughItsHookGotAnotherSource() async {
        let client = Client(), hook = await Self.make(client, #"{"name":"mine","format":"signed","source":"chart"}"#)
        let body = #"{"symbol":"R_100","kind":"rise","id":"a-1"}"#
        let first = await Self.send(client, hook, body, signature: Self.signature(hook.secret, body))
        #expect(await client.put("/api/v1/hooks/\(hook.id)", #"{"name":"mine","source":"other"}"#).status == 200)
        let again = await Self.send(client, hook, body, signature: Self.signature(hook.secret, body, nonce: "nonce-0002"))
        #expect(again.json["signal"] == first.json["signal"] && again.json["repeated"]?.bool == true, "\(again.text)")
    }

    @Test func whatIsNotSignedRightIsNobodys() async {
        let client = Client(), hook = await Self.make(client, #"{"name":"mine","format":"signed"}"#)
        let other = await Self.make(client, #"{"name":"other","format":"signed"}"#), body = #"{"symbol":"R_100","kind":"rise"}"#
        let right = Self.signature(hook.secret, body)
        for wrong in [
            nil, "", "t=1,n=2", Self.signature(other.secret, body), Self.signature("", body), Self.signature(hook.secret, body + " "), right + ",v1=00",
            right.replacing("n=nonce-0001", with: "n=nonce-0002"), right.replacing("v1=", with: "v2="), String(right.dropLast(2)), right + "0",
            right.replacing("t=", with: "t=0"), "n=nonce-0001," + right,
        ] {
            #expect(await Self.send(client, hook, body, signature: wrong).status == 401, "\(wrong ?? "none")")
        }
        var gone = hook.path
        gone.replaceSubrange(gone.index(gone.endIndex, offsetBy: -1)..., with: gone.hasSuffix("0") ? "1" : "0")
        #expect(await Self.send(client, Made(id: "", secret: "", path: gone), body, signature: right).status == 401)
        #expect(await Self.send(client, Made(id: "", secret: "", path: hook.path + "/" + hook.secret), body, signature: right).status == 404)
        #expect(client.desk.asked == [])
        // Every bit of the code counts.
        let digits = Array(right.utf8.suffix(64))
        for place in digits.indices {
            var changed = digits
            changed[place] = digits[place] == 0x30 ? 0x31 : 0x30
            let text = String(right.dropLast(64)) + String(decoding: changed, as: UTF8.self)
            #expect(await Self.send(client, hook, body, signature: text).status == 401, "\(place)")
        }
    }

    @Test func anOldSignatureIsRefused() async {
        let client = Client(), hook = await Self.make(client, #"{"name":"mine","format":"signed"}"#), body = #"{"symbol":"R_100","kind":"rise"}"#
        for (ago, status) in [(60, 202), (61, 422), (-60, 202), (-61, 422)] as [(Int64, Int)] {
            let signature = Self.signature(hook.secret, body, at: Timestamp.fixture.seconds - ago, nonce: "nonce-of-\(ago + 100)")
            #expect(await Self.send(client, hook, body, signature: signature).status == status, "\(ago)")
        }
    }

    @Test func twoSecretsHoldDuringAChange() async {
        let client = Client(), hook = await Self.make(client, #"{"name":"mine","format":"signed"}"#), body = #"{"symbol":"R_100","kind":"rise","id":"a"}"#
        let second = await client.post("/api/v1/hooks/\(hook.id)/secrets")
        let new = second.json["secret"]?.string ?? ""
        #expect(second.status == 201 && new != hook.secret && second.json["secrets"]?.array?.count == 2)
        #expect(await client.post("/api/v1/hooks/\(hook.id)/secrets").line == "409 two_secrets")
        for secret in [hook.secret, new] { #expect(await Self.send(client, hook, body, signature: Self.signature(secret, body)).status == 202) }
        #expect(await client.delete("/api/v1/hooks/\(hook.id)/secrets/1").status == 204)
        #expect(await client.delete("/api/v1/hooks/\(hook.id)/secrets/1").line == "404 not_found")
        #expect(await client.delete("/api/v1/hooks/\(hook.id)/secrets/2").line == "409 last_secret")
        #expect(await Self.send(client, hook, body, signature: Self.signature(hook.secret, body)).status == 401)
        #expect(await Self.send(client, hook, body, signature: Self.signature(new, body)).status == 202)
    }

    // MARK: The address that is a secret

    @Test func anAlertOfAChartIsASignal() async throws {
        let client = Client(), hook = await Self.make(client, Self.tradingView)
        let first = await Self.send(client, hook, Self.alert(), signature: nil)
        #expect(first.status == 202, "\(first.text)")
        guard case .signal(let signal)? = client.desk.asked.last else { Issue.record("no signal"); return }
        #expect(signal.symbol.text == "1HZ100V" && signal.kind == .rise && signal.duration == .ticks(5))
        // The same bar from another host, a moment later; then the other side, then the next bar.
        let again = await Self.send(client, hook, Self.alert(now: "2026-11-22T10:15:29Z"), signature: nil)
        #expect(again.json["signal"] == first.json["signal"] && again.json["repeated"]?.bool == true)
        #expect(await Self.send(client, hook, Self.alert("sell"), signature: nil).json["repeated"]?.bool == false)
        #expect(await Self.send(client, hook, Self.alert(bar: "2026-11-22T10:15:20Z"), signature: nil).json["repeated"]?.bool == false)
    }

    @Test func whoDoesNotKnowTheAddressLearnsNothing() async {
        let client = Client(), hook = await Self.make(client, Self.tradingView)
        let paths = [
            "/hooks/\(hook.id)/\(hook.secret)0", "/hooks/\(hook.id)/\(hook.secret.dropLast())", "/hooks/\(hook.id)/",
            "/hooks/\(String(repeating: "0", count: 32))/\(hook.secret)", "/hooks/x/\(hook.secret)",
        ]
        for path in paths {
            let answer = await Self.send(client, Made(id: "", secret: "", path: path), Self.alert(), signature: nil)
            #expect(answer.line == "404 not_found", "\(path)")
        }
        // A signature does not open an address.
        #expect(
            await Self.send(
                client, Made(id: "", secret: "", path: "/hooks/\(hook.id)"), Self.alert(), signature: Self.signature(hook.secret, Self.alert())
            ).status == 401)
        #expect(client.desk.asked == [])
    }

    @Test func aLateAlertIsRefused() async {
        let client = Client(), hook = await Self.make(client, Self.tradingView)
        for (now, status) in [
            ("2026-11-22T10:14:30Z", 202), ("2026-11-22T10:14:29Z", 422), ("2026-11-22T10:16:30Z", 202), ("2026-11-22T10:16:31Z", 422), ("yesterday", 400),
        ] {
            let answer = await Self.send(client, hook, Self.alert(bar: now, now: now), signature: nil)
            #expect(answer.status == status, "\(now): \(answer.text)")
        }
    }

    @Test func onlyTheseAddressesMaySend() async {
        let body = Self.tradingView.replacing(#"{"name""#, with: #"{"addresses":["192.0.2.0/24","2001:db8::/32"],"name""#)
        var configuration = APIConfiguration()
        configuration.proxies = [Network("127.0.0.1")!]
        let client = Client(configuration: configuration), hook = await Self.make(client, body)
        func status(_ peer: String, _ forwarded: String? = nil) async -> Int {
            var headers: HTTPFields = [:]
            if let forwarded { headers[HTTPField.Name("X-Forwarded-For")!] = forwarded }
            var client = client
            client.key = nil
            return await client.send(.post, hook.path, bytes: Array(Self.alert().utf8), headers: headers, from: peer).status
        }
        #expect(await status("192.0.2.7") == 202)
        #expect(await status("::ffff:192.0.2.7") == 202)
        #expect(await status("2001:db8::1") == 202)
        #expect(await status("192.0.3.7") == 403)
        #expect(await status("127.0.0.1") == 403)
        #expect(await status("127.0.0.1", "192.0.2.7") == 202)
        #expect(await status("127.0.0.1", "192.0.2.7, 198.51.100.1") == 403)
        #expect(await status("127.0.0.1", "198.51.100.1, 192.0.2.7") == 202)
        #expect(await status("127.0.0.1", "192.0.2.7, nonsense") == 403)
        // Who is no proxy of ours speaks for nobody else.
        #expect(await status("198.51.100.1", "192.0.2.7") == 403)
    }

    @Test func moreThanSoManyAMinuteWait() async {
        let client = Client(), hook = await Self.make(client, Self.tradingView.replacing(#"{"name""#, with: #"{"alertsPerMinute":2,"name""#))
        func status() async -> Int { await Self.send(client, hook, Self.alert(now: "2026-11-22T10:15:30Z"), signature: nil).status }
        #expect(await [status(), status(), status()] == [202, 202, 429])
        client.desk.state.withLock { $0.wall = $0.wall.adding(seconds: 29) }
        #expect(await status() == 429)
        client.desk.state.withLock { $0.wall = $0.wall.adding(seconds: 1) }
        #expect(await [status(), status()] == [202, 429])
    }

    @Test(arguments: [
        ("[]", "400 malformed_json"), ("", "400 malformed_json"), ("{", "400 malformed_json"), ("{}", "400 missing_field ticker"),
        (alert("hold"), "400 invalid_field strategy.action"), (alert().replacing("VOLATILITY100", with: "R_100"), "400 invalid_field ticker"),
        (alert().replacing(#""2026-11-22T10:15:00Z""#, with: "null"), "400 missing_field id"), (alert(bar: "-5"), "400 invalid_field time"),
    ])
    func aWrongAlertSaysWhatIsWrong(body: String, line: String) async {
        let client = Client(), hook = await Self.make(client, Self.tradingView)
        #expect(await Self.send(client, hook, body, signature: nil).line == line)
        #expect(client.desk.asked == [])
    }

    @Test func aLargeAlertIsRefused() async {
        let client = Client(), hook = await Self.make(client, Self.tradingView)
        let padded = String(repeating: " ", count: 8_193 - Self.alert().utf8.count) + Self.alert()
        #expect(await Self.send(client, hook, padded, signature: nil).status == 413)
        #expect(await Self.send(client, hook, String(padded.dropFirst()), signature: nil).status == 202)
    }

    // MARK: An owner's hooks

    @Test(arguments: [
        ("{}", "400 missing_field format"), (#"{"format":"signed"}"#, "400 missing_field name"), (#"{"format":"open","name":"x"}"#, "400 invalid_field format"),
        (#"{"format":"signed","name":"x","session":20}"#, "422 session_not_found session"),
        (#"{"format":"signed","name":"x","addresses":["192.0.2.1/24"]}"#, "400 invalid_field addresses[0]"),
        (#"{"format":"signed","name":"x","addresses":["example.org"]}"#, "400 invalid_field addresses[0]"),
        (#"{"format":"signed","name":"x","alertsPerMinute":0}"#, "400 invalid_field alertsPerMinute"),
        (#"{"format":"signed","name":"x","stake":5}"#, "400 unknown_field stake"),
        (#"{"format":"tradingview","name":"x","template":{"symbol":"R_100","kind":"rise"}}"#, "400 invalid_field template"),
        (#"{"format":"tradingview","name":"x","template":{"symbol":"R_100","kind":"rise","id":{"from":"a"}}}"#, "400 invalid_field template"),
        (#"{"format":"signed","name":"x","template":{"symbol":"R_100"}}"#, "400 missing_field template.kind"),
        (#"{"format":"signed","name":"x","template":{"symbol":"R 100","kind":"rise"}}"#, "400 invalid_field template.symbol"),
        (#"{"format":"signed","name":"x","template":{"symbol":"R_100","kind":"rise","id":"1"}}"#, "400 invalid_field template.id"),
        (#"{"format":"signed","name":"x","template":{"symbol":"R_100","kind":{"from":"a..b"}}}"#, "400 invalid_field template.kind.from"),
        (#"{"format":"signed","name":"x","template":{"symbol":"R_100","kind":{"from":"a","map":{"buy":"up"}}}}"#, "400 invalid_field template.kind.map.buy"),
        (#"{"format":"signed","name":"x","template":{"symbol":"R_100","kind":"rise","amount":"5"}}"#, "400 unknown_field template.amount"),
    ])
    func aWrongHookSaysWhatIsWrong(body: String, line: String) async {
        let client = Client()
        #expect(await client.post("/api/v1/hooks", body).line == line)
        #expect(await client.get("/api/v1/hooks").json["items"]?.array == [])
    }

    @Test func aHookIsSeenByItsOwnerAlone() async {
        var client = Client()
        let hook = await Self.make(client, Self.tradingView)
        #expect(await client.get("/api/v1/hooks/\(hook.id)").json["name"]?.string == "chart")
        // A secret is shown once.
        for target in ["/api/v1/hooks", "/api/v1/hooks/\(hook.id)"] { #expect(!(await client.get(target).text.contains(hook.secret))) }
        #expect(!client.desk.state.withLock { "\($0.hooks)" }.contains(hook.secret))
        client.key = "key-of-2"
        #expect(await client.get("/api/v1/hooks").json["items"]?.array == [])
        for (method, target) in [
            (HTTPRequest.Method.get, "/api/v1/hooks/\(hook.id)"), (.delete, "/api/v1/hooks/\(hook.id)"), (.post, "/api/v1/hooks/\(hook.id)/secrets"),
            (.delete, "/api/v1/hooks/\(hook.id)/secrets/1"),
        ] {
            #expect(await client.send(method, target).line == "404 not_found", "\(method) \(target)")
        }
        #expect(await client.put("/api/v1/hooks/\(hook.id)", #"{"name":"stolen"}"#).line == "404 not_found")
    }

    @Test func aHookIsChangedAndTakenAway() async {
        let client = Client(), hook = await Self.make(client, Self.tradingView)
        let template = Self.tradingView.replacing(#""format":"tradingview","#, with: "").replacing(#""5t""#, with: #""10t""#)
        let changed = await client.put("/api/v1/hooks/\(hook.id)", template)
        #expect(changed.status == 200 && changed.json["template"]?["duration"]?.string == "10t", "\(changed.text)")
        #expect(await client.put("/api/v1/hooks/\(hook.id)", #"{"name":"x","format":"signed"}"#).line == "400 unknown_field format")
        #expect(await Self.send(client, hook, Self.alert(), signature: nil).status == 202)
        guard case .signal(let signal)? = client.desk.asked.last else { Issue.record("no signal"); return }
        #expect(signal.duration == .ticks(10))
        #expect(await client.delete("/api/v1/hooks/\(hook.id)").status == 204)
        #expect(await Self.send(client, hook, Self.alert(), signature: nil).status == 404)
        #expect(await client.delete("/api/v1/hooks/\(hook.id)").line == "404 not_found")
    }

    @Test func aHookDoesNoMoreThanItsOwner() async throws {
        let world = try PeopleWorld(), ada = try await world.person("ada"), browser = try await world.browser("ada")
        let made = await browser.send(.post, "/api/v1/hooks", Self.tradingView)
        let path = try #require(made.json["path"]?.string).replacing("{secret}", with: made.json["secret"]?.string ?? "")
        let hook = Made(id: "", secret: "", path: path)
        var bar = 0
        func sent() async -> String {
            bar += 1
            return await Self.send(world.client, hook, Self.alert(bar: "2026-11-22T10:1\(bar):00Z"), signature: nil).line
        }
        #expect(await sent() == "202")
        for change in [PersonChange(isDisabled: true), PersonChange(role: .viewer, isDisabled: false), PersonChange(role: .auditor)] {
            _ = try await world.book.change(ada.id, change, by: .host)
            #expect(await sent() == "403 forbidden", "\(change)")
        }
        #expect(world.client.desk.asked.count == 1)
        _ = try await world.book.change(ada.id, PersonChange(role: .trader), by: .host)
        #expect(await sent() == "202")
    }

    @Test func theSameKeyMakesOneHook() async {
        let client = Client(), body = #"{"name":"mine","format":"signed"}"#
        let first = await client.post("/api/v1/hooks", body, key: "k-1"), again = await client.post("/api/v1/hooks", body, key: "k-1")
        #expect(first.status == 201 && again.status == 200 && again.headers[Idempotency.replayed] == "true")
        #expect(first.json["id"] == again.json["id"] && first.json["secret"] != nil && again.json["secret"] == nil)
        #expect(await client.post("/api/v1/hooks", #"{"name":"other","format":"signed"}"#, key: "k-1").line == "422 idempotency_key_reused Idempotency-Key")
        #expect(await client.get("/api/v1/hooks").json["items"]?.array?.count == 1)
    }

    @Test func thereAreOnlySoMany() async {
        let client = Client()
        for number in 0..<HookBook.most { #expect(await client.post("/api/v1/hooks", #"{"name":"h\#(number)","format":"signed"}"#).status == 201) }
        #expect(await client.post("/api/v1/hooks", #"{"name":"more","format":"signed"}"#).line == "409 too_many_hooks")
    }
}

@Suite struct NetworkTests {
    @Test(arguments: ["", "1.2.3", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "1.2.3.4/24", "example.org", "::1/129", "1.2.3.4/024x", "fe80::1%eth0/64"])
    func whatIsNoNetwork(text: String) { #expect(Network(text) == nil) }

    @Test(arguments: [
        ("0.0.0.0/0", "1.2.3.4", true), ("1.2.3.4", "1.2.3.4", true), ("1.2.3.4/31", "1.2.3.5", true), ("1.2.3.4/31", "1.2.3.6", false),
        ("::/0", "1.2.3.4", false), ("::1", "::1", true), ("2001:db8:8000::/33", "2001:db8:8000::1", true), ("2001:db8:8000::/33", "2001:db8::1", false),
    ])
    func whoIsInANetwork(network: String, address: String, isIn: Bool) throws {
        #expect(try #require(Network(network)).contains(try #require(NetworkAddress(address))) == isIn)
    }
}
