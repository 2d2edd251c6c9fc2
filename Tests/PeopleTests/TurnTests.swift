import Synchronization
import Testing
import TradingModel
import TradingPorts

@testable import People

/// What happens one after the other, how often one may try, and how tries are counted.
@Suite struct TurnTests {
    private final class Order: Sendable {
        private let kept = Mutex<[Int]>([])
        var numbers: [Int] { kept.withLock(\.self) }
        func add(_ number: Int) { kept.withLock { $0.append(number) } }
    }

    @Test func soManyWaitForTheirTurnAndNoMore() async throws {
        let turns = Turns<Int>(most: 1), (gate, opener) = AsyncStream.makeStream(of: Void.self), order = Order()
        let first = Task {
            try await turns.run(1) {
                for await _ in gate {}
                order.add(1)
            }
        }
        while turns.waiting(1) == nil { await Task.yield() }
        let second = Task { try await turns.run(1) { order.add(2) } }
        while turns.waiting(1) != 1 { await Task.yield() }
        await #expect(throws: HashingQueue.Full.self) { try await turns.run(1) {} }
        #expect(try await turns.run(2) { 4 } == 4, "another key is another line")
        // Whoever asked is gone; what has begun goes on.
        first.cancel()
        opener.finish()
        try await first.value
        try await second.value
        #expect(order.numbers == [1, 2])
        #expect(turns.waiting(1) == nil && turns.waiting(2) == nil)
    }

    @Test func aFailureLetsTheNextOneIn() async throws {
        struct Failed: Error {}
        let turns = Turns<Int>()
        await #expect(throws: Failed.self) { try await turns.run(1) { throw Failed() } }
        #expect(try await turns.run(1) { 5 } == 5)
    }

    @Test func aTurnIsTakenInOneStep() {
        let limits = LogInLimits(perMinute: 5), here = LogInLimits.Lane(account: "ada", network: "n"), now = Timestamp(seconds: 1_000)
        for _ in 0..<3 { #expect(limits.turn(here, isKnown: true, at: now) == nil) }
        #expect(limits.turn(here, isKnown: true, at: now) == 1, "the three are not answered yet, and count")
        limits.giveBack(here, isKnown: true)
        #expect(limits.turn(here, isKnown: true, at: now) == nil, "one came to nothing")
        #expect(limits.turn(here, isKnown: true, at: now.adding(seconds: 1)) == nil)
        #expect(limits.turn(here, isKnown: true, at: now.adding(seconds: 1)) == 2)
        #expect(limits.turn(LogInLimits.Lane(account: "ada", network: "m"), isKnown: true, at: now) == nil, "another network")
        #expect(limits.turn(.inside("ada"), isKnown: true, at: now) == nil)
        limits.succeeded(here, isKnown: true)
        #expect(limits.turn(here, isKnown: true, at: now.adding(seconds: 1)) == nil)
    }

    @Test func strangersShareWhatThereIsOfAnAccount() {
        let limits = LogInLimits(perMinute: 5)
        var now = Timestamp(seconds: 1_000)
        func turn(_ network: Int, _ account: String = "ada", isKnown: Bool = false) -> Int64? {
            limits.turn(LogInLimits.Lane(account: account, network: "\(network)"), isKnown: isKnown, at: now)
        }
        for network in 0..<10 { #expect(turn(network) == nil) }
        #expect(turn(10) == 360)
        #expect(turn(11, isKnown: true) == nil && turn(12, "ben") == nil)
        now = now.adding(seconds: 359)
        #expect(turn(13) == 1)
        now = now.adding(seconds: 1)
        #expect(turn(13) == nil)
        #expect(turn(14) == 360)
        limits.giveBack(LogInLimits.Lane(account: "ada", network: "13"), isKnown: false)
        #expect(turn(14) == nil)
        limits.forget(account: "ada")
        #expect(turn(14) == nil)
        // A clock that goes back makes nothing longer.
        for _ in 0..<8 { _ = turn(20) }
        now = now.adding(seconds: -10_000)
        #expect((turn(20) ?? 0) <= 360)
    }

    @Test func theTableOfLanesHasAnEnd() {
        let limits = LogInLimits(perMinute: 5, most: 4), now = Timestamp(seconds: 1_000)
        for number in 0..<100 {
            #expect(limits.turn(.init(account: "\(number)", network: "n"), isKnown: false, at: now.adding(seconds: Int64(number))) == nil)
        }
        #expect(limits.count.lanes == 4 && limits.count.strangers == 4)
    }

    @Test func manyAddressesShareOneEntry() {
        let book = RefusedTryBook(most: 2), now = Timestamp(seconds: 1_000), ada = OwnerID(rawValue: 1)
        var entered: [RefusedTries] = []
        for number in 0..<50 { entered += book.refused("log in", ada, from: "192.0.2.\(number)", at: now) }
        #expect(
            entered == [
                RefusedTries(action: "log in", person: ada, address: "192.0.2.0", count: 1),
                RefusedTries(action: "log in", person: ada, address: "192.0.2.1", count: 1),
                RefusedTries(action: "log in", person: nil, address: "many addresses", count: 1),
            ])
        #expect(book.due(at: now.adding(seconds: 59)) == [])
        #expect(book.due(at: now.adding(seconds: 60)) == [RefusedTries(action: "log in", person: nil, address: "many addresses", count: 47)])
        #expect(book.due(at: now.adding(seconds: 120)) == [])
        #expect(book.refused("log in", ada, from: "192.0.2.0", at: now.adding(seconds: 120)).count == 1, "a new minute")
    }
}
