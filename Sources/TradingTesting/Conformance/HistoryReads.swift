import TradingEngine
import TradingModel
import TradingPorts

/// The questions of the API about the scripted history, each with what must come back.
struct HistoryReads {
    let store: any Journal & ReadModels
    let history: ScriptedHistory
    let ada: OwnerID
    let ben: OwnerID

    func sessions() async throws {
        for session in history.state.sessions.elements {
            try expectEqual(try await store.session(session.id, owner: session.owner), SessionRow(session), "session \(session.id)")
        }
        let all = try await store.sessions(ada, Page(SessionFilter()))
        try expectEqual(all.rows.map(\.id), [ScriptedHistory.adasFailedSession, ScriptedHistory.adasIdleSession, ScriptedHistory.adasSession], "newest first")
        let failed = try await store.sessions(ada, Page(SessionFilter(phase: "failed")))
        try expectEqual(failed.rows.map(\.id), [ScriptedHistory.adasFailedSession], "sessions in phase failed")
        try expect(try await store.sessions(ada, Page(SessionFilter(phase: "no such phase"))).rows.isEmpty, "there is no such phase")
        try expectEqual(try await store.session(SessionID(rawValue: 77), owner: ada), nil, "a session that was never made")
    }

    func accounts() async throws {
        for account in history.state.accounts.elements {
            try expectEqual(try await store.account(account.id, owner: account.owner), AccountRow(account), "account \(account.id)")
            let byLogin = try await store.account(login: account.profile.loginID, owner: account.owner)
            try expectEqual(byLogin, account.isRemoved ? nil : AccountRow(account), "account \(account.id) by its login, unless it was removed")
        }
        try expectEqual(try await store.accounts(ada).map(\.id), [ScriptedHistory.adasAccount], "accounts without the removed one")
        try expectEqual(try await store.account(ScriptedHistory.adasRemovedAccount, owner: ada)?.isRemoved, true, "the removed account says so")
    }

    func signals() async throws {
        let statuses: [(UInt64, SignalStatus)] = [
            (1, .intended), (2, .intended), (3, .intended), (4, .intended), (5, .refused), (8, .intended), (9, .cancelled), (10, .intended),
            (20, .expired), (22, .refused), (21, .refused),
        ]
        for (number, status) in statuses {
            guard let row = try await store.signal(ScriptedHistory.signalID(number), owner: ada) else {
                throw ConformanceFailure(description: "signal \(number) is not there")
            }
            try expectEqual(row.status, status, "status of signal \(number)")
            try expectEqual(row.signal, try accepted(number), "signal \(number)")
            try expect(
                row.decisions.contains { $0.session == ScriptedHistory.adasSession && $0.status == status },
                "the session's decision about signal \(number) is \(status)")
        }
        let ended = try await store.signal(ScriptedHistory.signalID(22), owner: ada)
        try expectEqual(ended?.decisions.first?.refusal?.code, .sessionNotActive, "why a signal that waited at the stop was refused")
        try expectEqual(try await store.signal(ScriptedHistory.signalID(6), owner: ada), nil, "a strategy's signal that was refused is only counted")
        let all = try await store.signals(ada, Page(SignalFilter()))
        try expectEqual(all.rows.map(\.signal.id), statuses.reversed().map { ScriptedHistory.signalID($0.0) }, "newest first")
    }

    private func accepted(_ number: UInt64) throws -> Signal {
        for entry in history.entries {
            if case .signalAccepted(let signal) = entry.fact.event, signal.id == ScriptedHistory.signalID(number) { return signal }
        }
        throw ConformanceFailure(description: "the script has no signal \(number)")
    }

    func signalsByStatus() async throws {
        let all = try await store.signals(ada, Page(SignalFilter())).rows
        for status in SignalStatus.allCases {
            let found = try await store.signals(ada, Page(SignalFilter(status: status))).rows
            try expectEqual(found, all.filter { $0.status == status }, "signals that are \(status)")
        }
    }

    func trades() async throws {
        func trade(_ number: UInt64) async throws -> TradeRow {
            let id = IntentID(session: ScriptedHistory.adasSession, signal: ScriptedHistory.signalID(number))
            guard let row = try await store.trade(id, owner: ada) else { throw ConformanceFailure(description: "trade \(number) is not there") }
            return row
        }
        let won = try await trade(1)
        try expectEqual(won.state, .settled, "state of the won trade")
        try expectEqual(won.contract, EngineScript.contract(7, at: 3), "its contract")
        try expectEqual(won.settlement?.payout, .usd(1_950), "its payout")
        try expectEqual(won.profit, .usd(950), "its profit")
        try expectEqual(won.source, Label("api"), "its source")
        try expectEqual(won.strategy, nil, "its strategy")
        let lost = try await trade(2)
        try expectEqual(lost.profit, .usd(-1_000), "profit of the lost trade")
        try expectEqual(lost.strategy, Label("crossover"), "its strategy")
        try expectEqual(try await trade(3).rejection, Rejection(code: Label("ContractBuyValidationError")!), "why a trade was rejected")
        try expectEqual(try await trade(4).state, .unsent, "state of the buy that never left")
        try expectEqual(try await trade(8).state, .open, "state of the adopted contract")
        try expectEqual(try await trade(10).state, .inDoubt, "state of the buy in doubt")
        for entry in history.entries {
            guard case .buyIntended(let intent) = entry.fact.event else { continue }
            try expectEqual(try await store.trade(intent.id, owner: entry.fact.owner)?.intent, intent, "intent \(intent.id)")
        }
        let ofSession = try await store.trades(ada, Page(TradeFilter(session: ScriptedHistory.adasSession))).rows
        try expectEqual(ofSession, try await store.trades(ada, Page(TradeFilter())).rows, "all of Ada's trades are her one session's")
        try expect(try await store.trades(ada, Page(TradeFilter(session: ScriptedHistory.adasIdleSession))).rows.isEmpty, "the other session bought nothing")
    }

    func pages() async throws {
        let all = try await store.signals(ada, Page(SignalFilter(), limit: 500))
        try expectEqual(all.next, nil, "cursor of the only page")
        for limit in [1, 2, 5, all.rows.count] {
            var walked: [SignalRow] = [], cursor: String?
            repeat {
                let page = try await store.signals(ada, Page(SignalFilter(), after: cursor, limit: limit))
                try expect(page.rows.count <= limit && !page.rows.isEmpty, "a page has 1 to \(limit) rows")
                walked += page.rows
                cursor = page.next
            } while cursor != nil
            try expectEqual(walked, all.rows, "pages of \(limit)")
        }
        try expectEqual(try await store.signals(ada, Page(SignalFilter(), limit: 0)).rows.count, 1, "a page of none has one row")
        try expectEqual(try await store.signals(ada, Page(SignalFilter(), limit: .max)).rows.count, all.rows.count, "a page of any length")
        let first = try await store.trades(ada, Page(TradeFilter(), limit: 2)),
            rest = try await store.trades(ada, Page(TradeFilter(), after: first.next, limit: 500))
        try expectEqual(first.rows + rest.rows, try await store.trades(ada, Page(TradeFilter())).rows, "two pages of trades")
        let newest = try await store.sessions(ada, Page(SessionFilter(), limit: 1)),
            older = try await store.sessions(ada, Page(SessionFilter(), after: newest.next))
        try expectEqual((newest.rows + older.rows).count, 3, "two pages of sessions")
    }

    func cursors() async throws {
        let ofTrades = try await store.trades(ada, Page(TradeFilter(), limit: 1)).next
        for cursor in ["", "nonsense", "1", "g-1", "g0", "g99999999999999999999", "g1' OR 1=1 --", ofTrades ?? "t1"] {
            do { _ = try await store.signals(ada, Page(SignalFilter(), after: cursor)) } catch is InvalidCursor { continue }
            throw ConformanceFailure(description: "the cursor \(cursor) was taken")
        }
    }

    func refusals() async throws {
        let counts = try await store.refusals(ScriptedHistory.adasSession, owner: ada)
        let strategys = counts.filter { $0.strategy == Label("even_odd") }
        try expectEqual(strategys.map(\.refusal.code), [.symbolNotFollowed], "what the strategy was refused for")
        try expectEqual(strategys.map(\.count), [2], "how often")
        var expected: [Refusal.Code: Int64] = [:]
        for entry in history.entries where entry.fact.session == ScriptedHistory.adasSession {
            if case .signalRefused(_, let refusal, _) = entry.fact.event { expected[refusal.code, default: 0] += 1 }
        }
        let signals = counts.filter { $0.strategy == nil }
        try expectEqual(Dictionary(uniqueKeysWithValues: signals.map { ($0.refusal.code, $0.count) }), expected, "refusals of signals")
        try expectEqual(signals.map(\.refusal.code.rawValue), expected.keys.map(\.rawValue).sorted(), "in the order of their codes")
    }

    /// What was bought, by how it ended: what the list of trades shows of each, in its order.
    func bought() async throws {
        for owner in [ada, ben, OwnerID(rawValue: 77)] {
            var all: [TradeRow] = [], after: String?
            repeat {
                let page = try await store.trades(owner, Page(TradeFilter(), after: after, limit: 100))
                all += page.rows
                after = page.next
            } while after != nil
            for outcome in [nil] + BoughtOutcome.allCases.map(Optional.some) {
                let expected = all.filter { $0.outcome != nil && (outcome == nil || $0.outcome == outcome) }
                let found = try await store.bought(owner, outcome, limit: 1_000, offset: 0)
                try expectEqual(found.rows, expected, "bought by \(owner), \(outcome.map { "\($0)" } ?? "all")")
                try expectEqual(found.total, Int64(expected.count), "how many")
                for offset in 0...expected.count + 1 {
                    for limit in 1...3 {
                        let some = try await store.bought(owner, outcome, limit: limit, offset: offset)
                        try expectEqual(some.rows, Array(expected.dropFirst(offset).prefix(limit)), "\(limit) after \(offset)")
                        try expectEqual(some.total, found.total, "of as many")
                    }
                }
            }
        }
    }

    func emergencyStop() async throws {
        try expectEqual(try await store.isEmergencyStopped(ben), true, "Ben stopped everything")
        try expectEqual(try await store.isEmergencyStopped(ada), false, "Ada stopped and lifted it")
        try expectEqual(try await store.isEmergencyStopped(OwnerID(rawValue: 77)), false, "nobody stops nothing")
        let stopped = OperatorsStop(since: history.entries.last!.fact.at, by: Label("operator 7")!, reason: "they still do")
        try expectEqual(try await store.operatorsStop(), stopped, "operators stopped everybody, lifted it and did it again")
    }

    func facts() async throws {
        for owner in [ada, ben] {
            let entries = history.entries.filter { $0.fact.owner == owner }
            try expectEqual(try await store.facts(owner, after: 0, limit: .max), entries, "facts of owner \(owner)")
            try expectEqual(try await store.facts(owner, after: 3, limit: 4), Array(entries[3..<7]), "four facts after the third")
            try expectEqual(try await store.newestFact(owner), Int64(entries.count), "newest fact of owner \(owner)")
            try expectEqual(entries.map(\.ownerSequence), Array(1...Int64(entries.count)), "an owner's own numbers")
        }
        try expectEqual(try await store.newestFact(OwnerID(rawValue: 77)), 0, "newest fact of nobody")
    }
}
