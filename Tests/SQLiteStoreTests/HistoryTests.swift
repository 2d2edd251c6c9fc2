import Testing
import TradingEngine
import TradingModel
import TradingPorts
import TradingTesting

@testable import SQLiteStore

/// What the previous system stored is in the journal like everything else: read back, counted apart, and made again from it.
@Suite struct HistoryTests {
    static let owner = OwnerID(rawValue: 1), account = AccountID(rawValue: 1), session = SessionID(rawValue: 2)
    static let at = Timestamp(milliseconds: 1_795_000_000_000), day = Timestamp(milliseconds: 1_764_000_000_000)

    static func usd(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) }

    static func record(status: String = "active", hold: SessionHold = [.token, .review]) -> ImportedSession {
        ImportedSession(
            key: "old-session", status: status, broker: "deriv", strategy: "x", flags: ["percent_loss_limit"], hold: hold,
            plan: SessionPlan(name: Label("x")!, stakeRule: .shareOfBalance(basisPoints: 100)), createdAt: day, startedAt: day, stoppedAt: nil,
            lastTradeAt: nil, failure: nil, startBalance: usd(1_000_000), profit: usd(-3_866), trades: 22, wins: 2, losses: 3, day: nil, tradesToday: 0,
            profitToday: usd(0), lossesInARow: 0)
    }

    static func trade(_ key: String, _ profit: Int64?, status: String = "CLOSED", signal: UInt64, contract: Int64) -> ImportedTrade {
        ImportedTrade(
            key: key, status: status, broker: "deriv", signal: SignalID(high: signal, low: 0),
            terms: ContractTerms(symbol: Symbol("R_100")!, kind: .rise, duration: ContractDuration(5, .minutes)!), price: usd(1_000), profit: profit.map(usd),
            contract: ContractID(rawValue: contract), contractText: "text of \(key)", enteredAt: day.adding(seconds: Int64(signal)),
            exitedAt: profit.map { _ in day.adding(seconds: 300) }, entryPrice: "0", exitPrice: nil, entryReason: nil, exitReason: nil)
    }

    static let signal = ImportedSignal(
        key: "old-signal", status: "executed",
        signal: Signal(
            id: SignalID(high: 1, low: 0), owner: owner, source: Label("algorithm")!, symbol: Symbol("R_100")!, kind: .rise, issuedAt: day, validUntil: day))

    /// After each turn operators find exactly the buys whose outcome the engine does not know, whoever's they are.
    @Test func operatorsFindWhatIsInDoubt() async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        var seen = Set<String>()
        for turn in ScriptedHistory().turns {
            try store.write(turn.entries, rows: turn.rows)
            var expected: [(IntentID, OwnerID, UnclearFilter.State)] = []
            for account in turn.state.accounts.elements {
                for buy in account.unresolved {
                    switch buy.state {
                    case .inDoubt: expected.append((buy.intent.id, account.owner, .inDoubt))
                    case .ambiguous: expected.append((buy.intent.id, account.owner, .ambiguous))
                    case .inFlight, .abandoned: break
                    }
                }
            }
            for state in [nil] + UnclearFilter.State.allCases.map(Optional.some) {
                let wanted = expected.filter { state == nil || $0.2 == state }
                var found: [TradeRow] = [], after: String?
                repeat {
                    let page = try await store.unclearTrades(Page(UnclearFilter(state: state), after: after, limit: 1))
                    found += page.rows
                    after = page.next
                } while after != nil
                #expect(Set(found.map(\.intent.id)) == Set(wanted.map(\.0)) && found.count == wanted.count)
                #expect(found.allSatisfy { row in wanted.contains { $0.0 == row.intent.id && $0.1 == row.owner && $0.2.rawValue == row.state.rawValue } })
                #expect(found.map(\.intent.intendedAt) == found.map(\.intent.intendedAt).sorted(by: >), "the newest first")
            }
            for (id, owner, state) in expected {
                seen.insert(state.rawValue)
                #expect(try await store.anyonesTrade(id) == store.trade(id, owner: owner))
            }
            let stopping = turn.state.sessions.elements.filter { $0.phase == .stopping }
            #expect(
                try await store.anyonesEnding()
                    == Ending(
                        sessions: Int64(stopping.count), openContracts: stopping.reduce(0) { $0 + Int64($1.open.count) },
                        unresolvedBuys: stopping.reduce(0) { $0 + Int64($1.unresolved) }))
        }
        #expect(seen.contains("in_doubt"))
        await #expect(throws: InvalidCursor.self) { try await store.unclearTrades(Page(UnclearFilter(), after: "t1")) }
        #expect(try await store.anyonesTrade(IntentID(session: SessionID(rawValue: 77), signal: SignalID(high: 1, low: 1))) == nil)
        try store.close()
    }

    static let events: [Fact.Event] = [
        .accountAdded(AccountProfile(broker: Label("deriv")!, loginID: Label("VRTC1")!, currency: .usd, isVirtual: true)),
        .previous(.sessionImported(record())), .previous(.signalImported(signal)),
        .previous(.tradeImported(trade("won", 950, status: "TP_HIT", signal: 1, contract: 11))),
        .previous(.tradeImported(trade("lost", -2_000, status: "MANUAL_CLOSE", signal: 2, contract: 12))),
        .previous(.tradeImported(trade("none", nil, signal: 3, contract: -13))),
        .previous(.tradeImported(trade("open", nil, status: "OPEN", signal: 4, contract: 14))), .previous(.reviewAccepted(by: Label("person")!)),
    ]

    /// The facts in one commit, as an import writes them.
    static func write(_ events: [Fact.Event], to store: SQLiteStore, keeping records: [ImportedRecord] = []) throws {
        let restored = try store.restore()
        var state = restored.state, entries: [JournalEntry] = []
        for (index, event) in events.enumerated() {
            var session: SessionID?
            switch event {
            case .accountAdded, .previous(.signalImported): session = nil
            default: session = self.session
            }
            let fact = Fact(at: at, owner: owner, account: account, session: session, event)
            state.evolve(fact)
            entries.append(
                JournalEntry(
                    sequence: restored.nextSequence + Int64(index), ownerSequence: (restored.ownerSequences[owner] ?? 0) + Int64(index) + 1, fact: fact))
        }
        try store.write(entries, rows: Projection.rows(entries.map(\.fact), state: state), keeping: records)
    }

    static let user = ImportedUser(id: "aaaaaaaaaaaaaaaaaaaaaaaa", owner: owner, account: account, email: "a@example.test", name: nil)

    @Test func rebuiltTablesHoldTheSameHistory() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        try Self.write(Self.events, to: store, keeping: [.user(Self.user, PreviousPlace())])
        let before = try store.dump()
        #expect(before["trade"]?.count == 4 && before["session"]?.count == 1 && before["signal"]?.count == 4)
        try store.rebuild()
        #expect(try store.dump() == before)
        try store.close()
    }

    @Test func itIsReadBackAndCountedApart() async throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        try Self.write(Self.events, to: store, keeping: [.user(Self.user, PreviousPlace(scopes: ["read"], isValid: true)), .running(Self.session, Self.owner)])
        let row = try #require(try await store.session(Self.session, owner: Self.owner))
        #expect(row.phase == .active && row.hold == [.token] && row.trades == 22 && row.profit == Self.usd(-3_866) && row.previous == Self.record())
        let all = try await store.bought(Self.owner, nil, limit: 10, offset: 0)
        #expect(all.total == 4 && all.rows.map(\.previous?.key) == ["open", "none", "lost", "won"])
        #expect(all.rows.map(\.profit) == [nil, Self.usd(0), Self.usd(-2_000), Self.usd(950)])
        #expect(all.rows[3].source == Label("algorithm") && all.rows[2].source == Label("previous"))
        let words: [(String, BoughtOutcome?, [String])] = [
            ("TP_HIT", .won, ["won"]), ("SL_HIT", .lost, []), ("CLOSED", .even, ["none"]), ("MANUAL_CLOSE", nil, ["lost"]), ("OPEN", .open, ["open"]),
            ("x", nil, []),
        ]
        for (word, outcome, keys) in words {
            let found = try await store.bought(Self.owner, previously: word, outcome, limit: 10, offset: 0)
            #expect(found.rows.compactMap(\.previous?.key) == keys && found.total == Int64(keys.count), "\(word)")
        }
        #expect(try await store.bought(Self.owner, .lost, limit: 1, offset: 0).total == 1)
        #expect(try await store.imported(Self.owner) == [ImportedTotals(trades: 4, settled: 3, wins: 1, losses: 1, profit: Self.usd(-1_050))])
        #expect(try await store.imported(OwnerID(rawValue: 2)) == [])
        let place = try await store.previousPlace(Self.owner)
        #expect(place == PreviousPlace(account: Self.account, session: Self.session, scopes: ["read"], isValid: true))
        try store.close()
    }

    @Test func whatIsThereAlreadyIsTold() throws {
        let folder = try TemporaryFolder(), store = try folder.open()
        try Self.write(Self.events, to: store, keeping: [.user(Self.user, PreviousPlace()), .numbers(next: 3)])
        let before = try store.importedBefore()
        #expect(before.users == [Self.user.id: Self.user] && before.sessions == ["old-session": Self.session] && before.signals == ["old-signal"])
        #expect(before.trades == ["won", "lost", "none", "open"] && before.contracts.count == 4 && before.intents.count == 4)
        #expect(before.owner == 2 && before.number == 3)
        try store.close()
    }

    /// One transaction: what cannot be kept takes the facts with it.
    @Test func factsAndWhatIsKeptAreOneCommit() throws {
        let folder = try TemporaryFolder()
        var store = try folder.open()
        try Self.write([], to: store, keeping: [.user(Self.user, PreviousPlace())])
        #expect(throws: (any Error).self) { try Self.write(Self.events, to: store, keeping: [.user(Self.user, PreviousPlace())]) }
        #expect(throws: SQLiteStoreError.broken(path: store.path)) { try Self.write(Self.events, to: store) }
        try store.close()
        store = try folder.open()
        #expect(try store.read(from: 1, limit: 10) == [])
        try Self.write(Self.events, to: store)
        #expect(try store.read(from: 1, limit: 100).map(\.fact.event) == Self.events)
        try store.close()
    }
}
