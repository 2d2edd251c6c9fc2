import People
import Testing
import TradingModel
import TradingPorts

@testable import TradingAPI

/// Where a stream goes on, as a value.
@Suite struct StreamPlaceTests {
    @Test func aStreamBeginsWhereTheClientLeftOff() {
        let cases: [(String?, Int64, StreamPlace.Start)] = [
            (nil, 50, .after(50)), ("50", 50, .after(50)), ("0", 50, .after(0)), ("12", 50, .after(12)), (nil, 0, .after(0)),
            ("51", 50, .reset(newest: 50)), ("-1", 50, .reset(newest: 50)), ("+1", 50, .reset(newest: 50)), ("", 50, .reset(newest: 50)),
            ("x", 50, .reset(newest: 50)), ("99999999999999999999", 50, .reset(newest: 50)),
            ("1", 10_001, .after(1)), ("0", 10_001, .reset(newest: 10_001)),
        ]
        for (asked, newest, start) in cases { #expect(StreamPlace.start(asked: asked, newest: newest) == start, "\(asked ?? "nil") of \(newest)") }
    }

    private func entries(_ range: ClosedRange<Int64>) -> [JournalEntry] { range.map { .fixture($0) } }

    @Test func whatComesTwiceIsSentOnce() {
        var place = StreamPlace(last: 10)
        #expect(place.take(entries(8...10)) == .send([]))
        #expect(place.take(entries(9...12)) == .send(entries(11...12)))
        #expect(place.take(entries(11...12)) == .send([]))
        #expect(place.take([]) == .send([]))
        #expect(place.last == 12)
    }

    @Test func aHoleIsNeverSkipped() {
        var place = StreamPlace(last: 10)
        #expect(place.take(entries(12...13)) == .gap)
        #expect(place.take([.fixture(11), .fixture(13)]) == .gap)
        #expect(place.last == 10)
        #expect(place.take(entries(11...13)) == .send(entries(11...13)))
    }

    @Test func streamsAreCounted() {
        let streams = StreamCount(), limits = StreamLimits(inAll: 3, ofOwner: 2, ofVisit: 1)
        func owner(_ number: Int64) -> Caller { Caller(owner: OwnerID(rawValue: number), scopes: Scopes([]), way: .ownerKey(hash: [])) }
        #expect(streams.take(for: owner(1), limits) && streams.take(for: owner(1), limits) && !streams.take(for: owner(1), limits))
        #expect(streams.full(for: owner(1), limits) == .ofOwner && streams.full(for: owner(2), limits) == nil)
        #expect(streams.take(for: owner(2), limits) && streams.full(for: owner(2), limits) == .inAll && streams.open == 3)
        streams.giveBack(of: owner(1))
        #expect(streams.open == 2 && streams.take(for: owner(1), limits))
    }
}
