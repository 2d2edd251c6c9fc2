// Three crashing starts with one session running, from the lines that starts leave behind.
import Testing
import TradingModel

@testable import signalist

struct StartRecordTests {
    private func suspects(_ text: String) -> [Int64] { StartRecord(text).suspects.map(\.rawValue) }

    @Test func threeCrashesWithOneSessionInCommonPointAtIt() {
        #expect(suspects("start 1 2\ncrashed\nstart 2 3\ncrashed\nstart 2\ncrashed\n") == [2])
        #expect(suspects("start 1 2\ncrashed\nstart 1 2\ncrashed\nstart 2 1\ncrashed\n") == [1, 2], "nobody can say which")
        #expect(suspects("start 1\ncrashed\nstart 2\ncrashed\nstart 3\ncrashed\n") == [])
    }

    @Test func twoAreNotEnough() {
        #expect(suspects("") == [])
        #expect(suspects("start 1\ncrashed\nstart 1\ncrashed\nstart 1\n") == [], "the third runs yet, or was killed")
    }

    @Test func aStartThatEndedWellOrRanLongIsNoCrashingOne() {
        #expect(suspects("start 1\ncrashed\nstart 1\nended\nstart 1\ncrashed\nstart 1\ncrashed\n") == [])
        #expect(suspects("start 1\ncrashed\nstart 1\ncrashed\nstart 1\nsteady\ncrashed\n") == [])
        #expect(suspects("start 1\nended\nstart 1\ncrashed\nstart 1\ncrashed\nstart 1\ncrashed\n") == [1], "the last three count")
    }

    @Test func aKillSaysNothing() {
        #expect(suspects("start 1\ncrashed\nstart 1\nstart 1\ncrashed\nstart 1\ncrashed\n") == [1])
    }

    @Test func linesThatMakeNoSenseAreLeftOut() {
        #expect(suspects("crashed\n\nstart x 1 y\ncrashed\nhello\nstart 1 99999999999999999999\ncrashed\nstart 1\ncrashed\ntorn") == [1])
    }
}
