import Foundation
import Testing

@testable import signalist

/// What a process that holds tokens leaves behind when it crashes: nothing.
@Suite struct CoreDumpTests {
    @Test func noPictureOfTheMemoryIsTaken() throws {
        #expect(CoreDumps.forbid() == [])
        #expect(CoreDumps.dumpable == 0)
        let limits = try String(contentsOfFile: "/proc/self/limits", encoding: .utf8).split(separator: "\n")
        let core = try #require(limits.first { $0.hasPrefix("Max core file size") }).split(separator: " ")
        #expect(core.suffix(3).prefix(2) == ["0", "0"])
    }
}
