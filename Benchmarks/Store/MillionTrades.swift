// What the API answers with a million trades behind it: through its socket, one client, while the system trades.

import GRDBSQLite
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

struct MillionTrades: Benchmark {
    let name = "million-trades"

    private static let questions: [(name: String, path: String)] = [
        ("status", "/api/deriv/auto-trading/status"), ("trades page", "/api/deriv/auto-trading/trades?limit=50"),
        ("trades page half way", "/api/deriv/auto-trading/trades?limit=50&offset=500000"),
        ("trades page far down", "/api/deriv/auto-trading/trades?limit=50&offset=900000"), ("lost trades", "/api/deriv/auto-trading/trades?status=SL_HIT"),
        ("lost trades half way", "/api/deriv/auto-trading/trades?status=SL_HIT&offset=240000"),
        ("open trades", "/api/deriv/auto-trading/trades?status=OPEN"), ("positions", "/api/deriv/positions"),
        ("risk metrics", "/api/deriv/auto-trading/risk-metrics"), ("analytics", "/api/deriv/auto-trading/analytics"),
        ("v1 trades page", "/api/v1/trades?limit=50"),
    ]

    func run(_ size: BenchmarkSize, in folder: ScratchFolder) async throws -> BenchmarkReport {
        let (trades, rounds) = size.pick(full: (1_000_000, 100), smoke: (2_000, 3))
        return try await TradingSystem.with(folder) { system in
            let filled = Stopwatch.now()
            try fill(folder.file("system.sqlite"), trades, system)
            let filling = Stopwatch.now() - filled
            let client = try KeepAliveClient(port: system.port)
            var questions = MillionTrades.questions.map { ($0.name, $0.path) }
            questions.append(("v1 session analytics", "/api/v1/sessions/\(system.session)/analytics"))
            var figures: [Figure] = [Figure("filling the store", .nanoseconds(filling))], shown = 0
            for (name, path) in questions {
                // The first of its kind reads everything; from then on it is warm.
                let first = try ask(client, path).nanoseconds
                var warm = Samples(), trading = Samples()
                for _ in 0..<rounds { warm.add(try ask(client, path).nanoseconds) }
                // A new fact before each: nothing kept is the answer any more.
                for _ in 0..<min(rounds, 20) {
                    try newFact(client)
                    trading.add(try ask(client, path).nanoseconds)
                }
                if name == "analytics" { shown = try total(ask(client, path).body) }
                figures.append(Figure("\(name), first", .nanoseconds(first)))
                figures.append(Figure("\(name), warm, median", .nanoseconds(warm.median), aim: "50 ms"))
                figures.append(Figure("\(name), warm, p99", .nanoseconds(warm.percentile(99)), aim: "50 ms"))
                figures.append(Figure("\(name), after a new fact, median", .nanoseconds(trading.median)))
                figures.append(Figure("\(name), after a new fact, p99", .nanoseconds(trading.percentile(99))))
            }
            guard shown >= trades else { throw BenchmarkFailure("the analytics count \(shown) trades of \(trades)") }
            return BenchmarkReport(
                name: name, computed: "\(trades) trades in the store, \(shown) in the analytics, \(questions.count * (rounds + 21)) answers", figures: figures)
        }
    }

    private func ask(_ client: KeepAliveClient, _ path: String) throws -> (nanoseconds: Int, body: String) {
        let began = Stopwatch.now()
        try client.write("GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(TradingSystem.apiKey)\r\n\r\n")
        let (status, body) = try client.read()
        guard status == 200 else { throw BenchmarkFailure("\(path): \(status) \(body)") }
        return (Stopwatch.now() - began, body)
    }

    /// A signal that no session follows: it is accepted and refused, which are facts of this owner.
    private func newFact(_ client: KeepAliveClient) throws {
        let body = #"{"symbol":"R_10","kind":"rise","duration":"5t"}"#
        try client.write(
            """
            POST /api/v1/signals HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(TradingSystem.apiKey)\r\nContent-Type: application/json\r\n\
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """)
        let (status, answer) = try client.read()
        guard status == 202 else { throw BenchmarkFailure("a signal: \(status) \(answer)") }
    }

    private func total(_ body: String) throws -> Int {
        guard let found = body.firstMatch(of: /"totalTrades":(\d+)/), let count = Int(found.1) else {
            throw BenchmarkFailure("no totalTrades: \(body.prefix(200))")
        }
        return count
    }

    /// Rows as a million signals leave them, a second apart and up to an hour ago, made by the database itself: to trade
    /// them one by one would take an hour.
    private func fill(_ path: String, _ trades: Int, _ system: TradingSystem) throws {
        var connection: OpaquePointer?
        guard sqlite3_open(path, &connection) == SQLITE_OK else { throw BenchmarkFailure("cannot open \(path)") }
        defer { sqlite3_close(connection) }
        let owner = system.owner.rawValue, session = system.session.rawValue, last = system.server.clock.now().milliseconds - 3_600_000
        func execute(_ sql: String) throws {
            guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
                throw BenchmarkFailure("\(String(cString: sqlite3_errmsg(connection))): \(sql)")
            }
        }
        try execute("PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = OFF")
        let at = "\(last) - (\(trades) - i) * 1000", id = "CAST(printf('%016d', i) AS BLOB)"
        // Portion by portion: the system writes to the same file and waits five seconds for it at most.
        for first in stride(from: 1, through: trades, by: 10_000) {
            let rows = "WITH RECURSIVE row (i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM row WHERE i < \(min(first + 9_999, trades)))"
            try execute("BEGIN IMMEDIATE")
            try execute(
                """
                \(rows) INSERT INTO signal (id, owner, session, source, symbol, kind, duration, issued_at, valid_until, accepted_at, status)
                SELECT \(id), \(owner), \(session), 'api', CASE i % 3 WHEN 0 THEN 'R_10' WHEN 1 THEN 'R_25' ELSE 'R_50' END, 'rise', '5t', \(at), \(at) + 60000, \(at),
                    'intended' FROM row
                """)
            try execute("\(rows) INSERT INTO signal_decision (signal, session, status, at) SELECT \(id), \(session), 'intended', \(at) FROM row")
            try execute(
                """
                \(rows) INSERT INTO trade (owner, account, session, signal, symbol, kind, duration, stake, currency, exponent, intended_at, day, state, contract_id,
                    bought_by, price, possible_payout, purchased_at, settled_by, payout, settled_at)
                SELECT \(owner), (SELECT account FROM session WHERE id = \(session)), \(session), \(id),
                    CASE i % 3 WHEN 0 THEN 'R_10' WHEN 1 THEN 'R_25' ELSE 'R_50' END, 'rise', CASE i % 2 WHEN 0 THEN '5t' ELSE '1m' END, 100, 'USD', 2, \(at),
                    (\(at)) / 86400000, 'settled', -i, i, 100, 195, \(at), i, CASE WHEN (i * 7919) % 100 < 51 THEN 195 ELSE 0 END, \(at) + 1000 FROM row
                """)
            try execute("COMMIT")
        }
        // A session counts its own, and pages are reached by these counts.
        try execute(
            """
            UPDATE session SET (trades, settled, wins, losses) =
                (SELECT count(*), count(payout), count(CASE WHEN payout > price THEN 1 END), count(CASE WHEN payout < price THEN 1 END)
                 FROM trade WHERE trade.session = session.id AND contract_id IS NOT NULL) WHERE id = \(session)
            """)
        // As if the session had been started through the previous system's endpoints.
        try execute(
            "INSERT INTO previous_place (owner, account, session, scopes, is_valid) SELECT owner, account, id, 'read trade', 1 FROM session WHERE id = \(session)"
        )
    }
}
