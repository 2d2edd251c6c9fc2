import DerivBroker
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts
import TradingService

/// What one run came to, counted from the journal, and our books against the broker's statement.
struct DemoSummary: Sendable {
    var signals: Int64 = 0
    var refused: [(code: String, count: Int64)] = []
    var bought: Int64 = 0
    var settled: Int64 = 0
    var won: Int64 = 0
    var profit: Money
    var balance: Money
    var ledgerMismatches: [String] = []
    var session: SessionRow?
    var openContracts: Int32 = 0

    /// Counts the facts of this run and reads the broker's statement over the wire.
    init(parts: Composition, owner: OwnerID, account: AccountID, session: SessionID, factsAfter: Int64) async throws {
        let reads = parts.server.reads
        guard let accountRow = try await reads.account(account, owner: owner) else { throw AccountError.notFound }
        profit = .zero(accountRow.profile.currency)
        balance = accountRow.balance
        self.session = try await reads.session(session, owner: owner)
        openContracts = accountRow.openContracts

        var after = factsAfter, counts: [String: Int64] = [:]
        while true {
            let entries = try await reads.facts(owner, after: after, limit: 1_000)
            guard let last = entries.last else { break }
            for entry in entries { count(entry.fact, &counts) }
            after = last.ownerSequence
        }
        refused = counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }

        var trades: [TradeRow] = [], cursor: String?
        repeat {
            let page = try await reads.trades(owner, Page(TradeFilter(), after: cursor, limit: 500))
            trades += page.rows.filter { $0.intent.account == account }
            cursor = page.next
        } while cursor != nil
        for trade in trades where trade.settlement != nil { known[trade.intent.id] = trade.profit }
        profit = ended.reduce(profit) { $0 + (known[$1] ?? .zero($0.currency)) }
        won = Int64(ended.count { known[$0]?.isPositive == true })

        do {
            let (bookings, brokerBalance) = try await parts.broker.statement(of: account)
            ledgerMismatches = LedgerComparison.mismatches(trades: trades, bookings: bookings, balance: brokerBalance, accountBalance: accountRow.balance)
        } catch { ledgerMismatches = ["the broker's statement could not be read: \(error)"] }
    }

    private var known: [IntentID: Money] = [:]
    private var ended: [IntentID] = []

    private mutating func count(_ fact: Fact, _ counts: inout [String: Int64]) {
        switch fact.event {
        case .signalAccepted: signals += 1
        case .signalRefused(_, let refusal, let waits): if !waits { counts[refusal.code.rawValue, default: 0] += 1 }
        case .refusalsCounted(_, let refusal, let count):
            signals += count
            counts[refusal.code.rawValue, default: 0] += count
        case .buyConfirmed, .contractAdopted: bought += 1
        case .settled(let id, _, _):
            settled += 1
            ended.append(id)
        default: break
        }
    }

    var text: String {
        var lines = ["", "summary of this run", "  signals   \(signals)"]
        for (code, count) in refused { lines.append("  refused   \(count)  \(code)") }
        lines += ["  bought    \(bought)", "  settled   \(settled), won \(won)", "  profit    \(profit)", "  balance   \(balance)"]
        if openContracts > 0 { lines.append("  open      \(openContracts)") }
        if let session { lines.append("whole session: \(SessionWords.line(session))") }
        lines.append(ledgerMismatches.isEmpty ? "our books and the broker's statement agree to the cent" : "our books and the broker's statement DISAGREE:")
        lines += ledgerMismatches.map { "  " + $0 }
        return lines.joined(separator: "\n")
    }

    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("signals", signals)
            json.memberObject("refused") { for (code, count) in refused { $0.key(text: code); $0.value(count) } }
            json.member("bought", bought)
            json.member("settled", settled)
            json.member("won", won)
            json.member("profit", units: profit.minorUnits, scale: profit.currency.exponent)
            json.member("balance", units: balance.minorUnits, scale: balance.currency.exponent)
            json.member("currency", balance.currency.code)
            json.member("open", openContracts)
            json.member("ledgerMismatches", ledgerMismatches.count)
            json.memberArray("mismatches") { for line in ledgerMismatches { $0.value(line) } }
            if let session {
                json.memberObject("session") { json in
                    json.member("trades", session.trades)
                    json.member("settled", session.settled)
                    json.member("wins", session.wins)
                    json.member("losses", session.losses)
                    json.member("profit", units: session.profit.minorUnits, scale: session.profit.currency.exponent)
                    if let rate = session.winBasisPoints { json.member("winPercent", units: rate, scale: 2) }
                    if let rate = session.breakEvenBasisPoints { json.member("breakEvenPercent", units: rate, scale: 2) }
                    json.member("phase", session.phase.name)
                }
            }
        }
        return json.text
    }
}
