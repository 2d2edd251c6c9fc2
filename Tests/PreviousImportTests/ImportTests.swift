import Testing

@testable import PreviousImport

/// A small export, whole and with every kind of fault.
@Suite struct ImportTests {
    static let ada = "aaaaaaaaaaaaaaaaaaaaaaaa", ben = "bbbbbbbbbbbbbbbbbbbbbbbb"

    static func id(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "\"_id\": {\"$oid\": \"\(String(repeating: "0", count: 24 - digits.count))\(digits)\"}"
    }
    static func user(_ id: String, email: String? = nil) -> String {
        "{\"_id\": {\"$oid\": \"\(id)\"}, \"email\": \"\(email ?? "\(id.prefix(1))@example.test")\", \"name\": \"A\"}"
    }
    static func session(_ number: Int, user: String = ada, status: String = "\"stopped\"", limit: String = "0", more: String = "") -> String {
        """
        {\(id(number)), "sessionId": "s\(number)", "userId": "\(user)", "broker": "deriv", "strategy": "x", "status": \(status), \
        "startedAt": {"$date": "2025-11-01T00:00:00Z"}, "stoppedAt": {"$date": "2025-11-02T00:00:00Z"}, "startBalance": 1000, \
        "riskSettings": {"dailyLossLimit": \(limit)}\(more)}
        """
    }
    static func trade(
        _ number: Int, user: String = ada, at: String = "2025-11-01T10:00:00Z", profit: String = "0.35", contract: String = "12345", more: String = ""
    ) -> String {
        """
        {\(id(number)), "tradeId": "t\(number)", "userId": "\(user)", "broker": "deriv", "symbol": "R_100", "side": "BUY", "entryPrice": 0, \
        "lotOrStake": 1.5, "stopLoss": 0, "takeProfit": 0, "status": "CLOSED", "realizedPnl": \(profit), "brokerTradeId": "\(contract)", \
        "entryTimestamp": {"$date": "\(at)"}\(more)}
        """
    }

    func read(_ files: [String: [String]], open: @escaping (ImportValue) -> PreviousImport.TokenState = { _ in .unopened }) throws -> ImportReport {
        var reading = PreviousImport(open: open)
        for file in try CollectionFile.all(in: Array(files.keys)) { reading.read(file, Array((files[file.name]!).joined(separator: "\n").utf8)) }
        return reading.finish()
    }

    @Test func aWholeExportIsTakenAndItsSumsAgree() throws {
        let report = try read([
            "user.json": [Self.user(Self.ada), Self.user(Self.ben)], "autotradingsessions.jsonl": [Self.session(1), Self.session(2, user: Self.ben)],
            "signalistbottrades.jsonl": [
                Self.trade(1), Self.trade(2, profit: "-107.02"), Self.trade(3, user: Self.ben, profit: "{\"$numberDouble\": \"2.5\"}"),
            ],
            "watchlists.json": ["{}"], "user.metadata.json": ["{}"],
        ])
        #expect(report.collections.map(\.name) == ["user", "autotradingsessions", "signalistbottrades"])
        #expect(report.collections.map(\.read) == [2, 2, 3] && report.collections.map(\.imported) == [2, 2, 3])
        #expect(report.refused == [] && report.flagged == [] && report.notTaken == ["watchlists.json"])
        #expect(report.realizedProfit.map(\.user) == [Self.ada, Self.ben])
        #expect(report.realizedProfit.map(\.units) == [-10_667, 250])
        #expect(report.collections[1].defaulted["riskSettings.maxTradesPerDay"] == 2 && report.collections[1].defaulted["signalFilters.symbols"] == 2)
    }

    @Test func whatAPersonMustLookAtIsFlagged() throws {
        let report = try read([
            "user.json": [Self.user(Self.ada)],
            "autotradingsessions.json": [
                Self.session(1, status: "\"active\"", limit: "50"), Self.session(2, limit: "100.01", more: ", \"novel\": 1"), Self.session(3, user: Self.ben),
            ],
            "signalistbottrades.json": [
                Self.trade(1, contract: "DERIV-1764000000000-x7"), Self.trade(2, at: "2025-12-01T00:00:00Z"), Self.trade(3, profit: "0.125"),
                Self.trade(4, profit: "null"),
                Self.trade(5).replacing(", \"stopLoss\": 0", with: ""),
            ],
        ])
        let flags = report.flagged.map { "\($0.id) \($0.flag.rawValue)" }
        #expect(
            flags == [
                "s1 stuck_active", "s1 percent_loss_limit", "s2 unknown_fields", "s3 no_user", "t1 fabricated_contract", "t2 no_session", "t3 rounded",
                "t4 no_result", "t5 missing_fields",
            ])
        #expect(report.collections.map(\.imported) == [1, 3, 5])
        #expect(report.realizedProfit.map(\.units) == [118])
    }

    static let wrong: [(String, String)] = [
        (session(1).replacing("\"s1\"", with: "7"), "sessionId: expected text, found a number"),
        (session(1, status: "\"running\""), "status: expected idle, starting"),
        (session(1, limit: "-1"), "riskSettings.dailyLossLimit: expected an amount from 0"), (session(1, user: "zz"), "userId: expected an id"),
        (session(1, limit: "{\"$numberDouble\": \"NaN\"}"), "found not a number"), (session(1, limit: "10000000000.01"), "an amount from 0 to 10^10"),
        (session(1).replacing("\"startBalance\": 1000, ", with: ""), "startBalance: expected an amount from 0 to 10^10, and it is absent"),
        ("{\"a\"", "it is no JSON"),
        (session(1, more: ", \"errorMessage\": \"secret-text\", \"stoppedAt\": 5"), "a key stands twice"),
    ]

    @Test(arguments: wrong) func whatIsWrongIsRefusedWithFileLineAndReason(line: String, reason: String) throws {
        let report = try read(["autotradingsessions.jsonl": [Self.session(9), "", line]])
        #expect(report.refused.map(\.place) == [3] && report.refused[0].file == "autotradingsessions.jsonl")
        #expect(report.refused[0].reason.contains(reason) && !report.refused[0].reason.contains("secret-text"), "\(report.refused[0].reason)")
        #expect(report.collections[0].read == 2 && report.collections[0].imported == 1 && report.collections[0].refused == 1)
    }

    /// Figures go day by day, and arithmetic on a date must not end the server.
    @Test(arguments: [
        "{\"$date\": \"0001-01-01T00:00:00Z\"}", "{\"$date\": \"1999-12-31T23:59:59.999Z\"}", "{\"$date\": \"2100-01-01T00:00:00Z\"}",
        "{\"$date\": \"9999-12-31T23:59:59Z\"}", "{\"$date\": {\"$numberLong\": \"9223372036854775807\"}}",
        "{\"$date\": {\"$numberLong\": \"-9223372036854775808\"}}", "{\"$date\": -1}",
    ]) func aDateThatIsFarOffIsRefused(date: String) throws {
        let report = try read([
            "signalistbottrades.jsonl": [Self.trade(1), Self.trade(2).replacing("{\"$date\": \"2025-11-01T10:00:00Z\"}", with: date)]
        ])
        #expect(report.refused.map(\.place) == [2])
        #expect(report.refused[0].reason.hasPrefix("entryTimestamp: expected a date of the years 2000 to 2099"), "\(report.refused[0].reason)")
    }

    @Test func controlCharactersBecomeBlanks() throws {
        let reading = try read(["autotradingsessions.jsonl": [Self.session(1, more: ", \"errorMessage\": \"lost\\u0000\\nand\\u001b[31mfound\"")]])
        #expect(reading.refused == [] && reading.flagged.map { "\($0.id) \($0.flag.rawValue)" } == ["s1 cleaned_text"])
        #expect(FieldRule.clean("lost\u{0}\nand\u{1b}[31mfound") == "lost  and [31mfound" && FieldRule.clean("Zoë €") == "Zoë €")
    }

    @Test func twoAddressesThatDifferInCaseAreOnePersons() throws {
        let report = try read(["user.jsonl": [Self.user(Self.ada, email: "Ada@Example.test"), Self.user(Self.ben, email: "ada@example.TEST")]])
        #expect(report.refused.map(\.place) == [2] && report.refused[0].reason.contains("somebody else has this address, at 1"))
        #expect(report.collections[0].imported == 1)
    }

    @Test func whatStandsTwiceIsTakenOnce() throws {
        let report = try read(["autotradingsessions.jsonl": [Self.session(1), Self.session(1)]])
        #expect(report.refused.map(\.reason) == ["sessionId: it stands twice, first at 1"])
    }

    @Test func twoFormsOfOneCollectionAreRefusedWithBothNames() throws {
        #expect(throws: CollectionFile.Doubled(collection: "user", names: ["user.bson", "user.json"])) {
            try CollectionFile.all(in: ["user.json", "user.bson", "signals.json"])
        }
        #expect(CollectionFile(name: ".json") == nil && CollectionFile(name: "user.metadata.json") == nil && CollectionFile(name: "user.txt") == nil)
    }

    @Test func aListInOneFileIsReadToo() throws {
        let report = try read(["user.json": ["  [" + Self.user(Self.ada) + ",", Self.user(Self.ben) + ", 7]"]])
        #expect(report.collections[0].imported == 2 && report.refused.map(\.place) == [3])
    }

    @Test func tokensAreTriedAndNeverShown() throws {
        func token(_ number: Int, _ text: String, more: String = ", \"accountId\": \"VRTC1\"") -> String {
            "{\(Self.id(number)), \"userId\": \"\(String(repeating: "\(number)", count: 24))\", \"token\": \(text), \"accountType\": \"demo\"\(more)}"
        }
        let report = try read(
            [
                "derivapitokens.json": [
                    token(1, "\"good\""), token(2, "\"public\""), token(3, "{\"data\": \"lost\"}", more: ""), token(4, "\"plain\""), token(5, "7"),
                ]
            ]
        ) { value in
            switch value {
            case .text("good"): .opened(isCompromised: false)
            case .text("public"): .opened(isCompromised: true)
            case .text: .notSealed
            default: .unopened
            }
        }
        #expect(report.flagged.map(\.flag) == [.tokenCompromised, .tokenUnopened, .noLoginID, .tokenCompromised])
        #expect(report.refused.map(\.reason) == ["token: expected a sealed token, found a number"])
        let settings = "{\(Self.id(1)), \"userId\": \"\(Self.ada)\", \"broker\": \"deriv\", \"instrument\": \"R_100\", \"derivToken\": \"plainTextTok0\"}"
        let dropped = try read(["signalistbotsettings.json": [settings]])
        #expect(dropped.flagged.map(\.flag) == [.plainSecret])
        #expect(!"\(dropped)".contains("plainTextTok0"))
    }
}
