import TradingEngine
import TradingModel
import TradingPorts

// The questions about who may see what, and about what is no fact.
extension HistoryReads {
    func privacy() async throws {
        for stranger in [ada, ben, OwnerID(rawValue: 77), OwnerID(rawValue: 0)] {
            for session in history.state.sessions.elements where session.owner != stranger {
                try expectEqual(try await store.session(session.id, owner: stranger), nil, "session \(session.id) for owner \(stranger)")
                try expect(try await store.refusals(session.id, owner: stranger).isEmpty, "refusals of session \(session.id) for owner \(stranger)")
                try expect(
                    try await store.trades(stranger, Page(TradeFilter(session: session.id))).rows.isEmpty,
                    "trades of session \(session.id) for owner \(stranger)")
            }
            for account in history.state.accounts.elements where account.owner != stranger {
                try expectEqual(try await store.account(account.id, owner: stranger), nil, "account \(account.id) for owner \(stranger)")
            }
            for entry in history.entries where entry.fact.owner != stranger {
                if case .signalAccepted(let signal) = entry.fact.event {
                    try expectEqual(try await store.signal(signal.id, owner: stranger), nil, "signal \(signal.id) for owner \(stranger)")
                }
                if case .buyIntended(let intent) = entry.fact.event {
                    try expectEqual(try await store.trade(intent.id, owner: stranger), nil, "trade \(intent.id) for owner \(stranger)")
                }
            }
            try expect(try await store.sessions(stranger, Page(SessionFilter())).rows.allSatisfy { $0.owner == stranger }, "a list of sessions is its owner's")
            try expect(
                try await store.signals(stranger, Page(SignalFilter())).rows.allSatisfy { $0.signal.owner == stranger }, "a list of signals is its owner's")
            try expect(try await store.trades(stranger, Page(TradeFilter())).rows.allSatisfy { $0.owner == stranger }, "a list of trades is its owner's")
            try expect(try await store.accounts(stranger).allSatisfy { $0.owner == stranger }, "a list of accounts is its owner's")
            try expect(try await store.facts(stranger, after: 0, limit: .max).allSatisfy { $0.fact.owner == stranger }, "facts are their owner's")
        }
    }

    func keys(_ test: ReadModelsUnderTest) async throws {
        let adas = [UInt8](repeating: 1, count: 32), bens = [UInt8](repeating: 2, count: 32)
        try test.addKey(ada, adas)
        try test.addKey(ben, bens)
        try expectEqual(try await store.owner(keyHash: adas), ada, "whose the first key is")
        try expectEqual(try await store.owner(keyHash: bens), ben, "whose the second key is")
        try expectEqual(try await store.owner(keyHash: [UInt8](repeating: 3, count: 32)), nil, "whose an unknown key is")
        try expectEqual(try await store.owner(keyHash: []), nil, "whose no key is")
        try expectThrows((any Error).self, "the same key for somebody else") { try test.addKey(ben, adas) }
    }

    func answers() async throws {
        let first = RememberedAnswer(requestHash: [UInt8](repeating: 7, count: 32), status: 202, body: Array("{}".utf8))
        let second = RememberedAnswer(requestHash: [UInt8](repeating: 8, count: 32), status: 409, body: [])
        try expectEqual(try await store.remembered(ada, idempotencyKey: "k"), nil, "a new key")
        try await store.remember(ada, idempotencyKey: "k", first)
        try await store.remember(ada, idempotencyKey: "k", second)
        try await store.remember(ben, idempotencyKey: "k", second)
        try expectEqual(try await store.remembered(ada, idempotencyKey: "k"), first, "the first answer")
        try expectEqual(try await store.remembered(ben, idempotencyKey: "k"), second, "another owner's answer to the same key")
    }

    func numbers() async throws {
        var given: Set<Int64> = []
        for _ in 0..<50 { given.insert(try await store.newID()) }
        try await withThrowingTaskGroup(of: Int64.self) { [store] group in
            for _ in 0..<50 { group.addTask { try await store.newID() } }
            for try await number in group { given.insert(number) }
        }
        try expectEqual(given.count, 100, "different numbers")
        try expect(given.allSatisfy { $0 > 0 }, "numbers begin above 0, which stands for none")
    }

    func keyedNumbers() async throws {
        let hash = [UInt8](repeating: 7, count: 32), other = [UInt8](repeating: 8, count: 32)
        let first = try await store.newID(ada, idempotencyKey: "k", requestHash: hash)
        try expectEqual(try await store.newID(ada, idempotencyKey: "k", requestHash: hash), first, "the same key and request")
        let numbers = [
            first, try await store.newID(ada, idempotencyKey: "k", requestHash: other), try await store.newID(ben, idempotencyKey: "k", requestHash: hash),
            try await store.newID(ada, idempotencyKey: "l", requestHash: hash), try await store.newID(),
        ]
        try expectEqual(Set(numbers).count, 5, "different numbers for another request, owner or key, and for none")
    }
}
