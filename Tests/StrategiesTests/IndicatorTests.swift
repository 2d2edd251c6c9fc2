import Strategies
import Testing

@Suite struct IndicatorTests {
    @Test func aRingBufferGivesUpTheOldest() {
        var buffer = RingBuffer<Int>(capacity: 3)
        #expect(buffer.elements == [])
        #expect([1, 2, 3].map { buffer.add($0) } == [nil, nil, nil])
        #expect(buffer.isFull)
        #expect([4, 5, 6, 7].map { buffer.add($0) } == [1, 2, 3, 4])
        #expect(buffer.elements == [5, 6, 7])
        #expect(buffer.count == 3)
    }

    @Test func aRingBufferOfOneHoldsTheLast() {
        var buffer = RingBuffer<Int>(capacity: 1)
        #expect([1, 2, 3].map { buffer.add($0) } == [nil, 1, 2])
        #expect(buffer.elements == [3])
    }

    @Test func aCopyIsOnItsOwn() {
        var one = RingBuffer<Int>(capacity: 2)
        one.add(1)
        var other = one
        other.add(2)
        #expect((one.elements, other.elements) == ([1], [1, 2]))
    }

    @Test func aMovingAverageIsTheSumOfItsLastValues() {
        var average = SimpleMovingAverage(over: 3)
        let sums = [5, 6, 7, 8, -9, 0].map { (value: Int64) -> Int128 in
            average.add(value)
            return average.sum
        }
        #expect(sums == [5, 11, 18, 21, 6, -1])
        #expect(average.isFull && average.length == 3)
    }

    @Test func averagesOfDifferentLengthsCompareExactly() {
        func average(_ values: Int64...) -> SimpleMovingAverage {
            var average = SimpleMovingAverage(over: values.count)
            for value in values { average.add(value) }
            return average
        }
        #expect(average(1, 2) < average(1, 2, 2), "1.5 and 1.67")
        #expect(!(average(2, 2) < average(2, 2, 2)) && !(average(2, 2, 2) < average(2, 2)))
        #expect(average(.min, .min) < average(.min, .min, .max))
    }
}
