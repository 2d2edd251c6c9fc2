// The production store on a disk that loses its power: what a power failure may do to a file, and whole runs on it.
import FaultSimulation
import Testing
import TradingModel

@testable import StorageSimulation

struct StorageTests {
    private func write(_ text: String, to file: SimulatedFile, at offset: Int = 0) { Array(text.utf8).withUnsafeBytes { file.write($0, at: offset) } }

    private func read(_ file: SimulatedFile) -> String {
        var bytes = [UInt8](repeating: 0, count: file.length)
        _ = bytes.withUnsafeMutableBytes { file.read($0, at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func whatWasSyncedSurvivesAPowerFailureAndWhatWasNotMayBeGone() {
        var seen: Set<String> = [], random = SeededRandom(seed: 1)
        for _ in 0..<200 {
            let file = SimulatedFile()
            write("safe", to: file)
            file.sync()
            write("S", to: file)
            write("LATE", to: file, at: 4)
            #expect(read(file) == "SafeLATE")
            let after = read(file.survivor(ofPowerFailure: true, &random).0)
            #expect(after.hasSuffix("afe") || after.hasPrefix("Safe") || after.hasPrefix("safe"))
            seen.insert(after)
        }
        #expect(seen.isSuperset(of: ["safe", "SafeLATE", "safeLATE", "Safe"]), "in any combination: \(seen.sorted())")
    }

    @Test func whatWasCutOffMayBeBack() {
        var seen: Set<String> = [], random = SeededRandom(seed: 2)
        for _ in 0..<100 {
            let file = SimulatedFile(Array("whole".utf8))
            file.truncate(to: 2)
            seen.insert(read(file.survivor(ofPowerFailure: true, &random).0))
        }
        #expect(seen == ["whole", "wh"])
    }

    @Test func aProcessThatDiesLosesNothingThatTheSystemHas() {
        var random = SeededRandom(seed: 3)
        let file = SimulatedFile()
        write("kept", to: file)
        #expect(read(file.survivor(ofPowerFailure: false, &random).0) == "kept")
    }

    @Test func noPowerFailureTakesAFactThatWasActedOn() throws {
        var sum = SimulationReport()
        // 45 once found something. They are few here: a debug build is slow; `script/simulate --store` runs as many as one likes.
        for (seed, minutes) in [(45, 12), (48, 4), (54, 4)] as [(UInt64, Int64)] {
            var settings = World.Settings()
            settings.hostileMinutes = minutes
            settings.makeStore = { owners in try SimulatedStore(owners: owners) }
            settings.alwaysUsesStore = true
            sum += try World(seed: seed, settings: settings).run()
        }
        #expect(sum.count(of: .restartFromStore) > 3 && sum.count(of: .settled) > 20)
    }

    @Test func aSeedOnTheStoreIsOneRun() throws {
        func run() throws -> SimulationReport {
            var settings = World.Settings()
            settings.hostileMinutes = 3
            settings.makeStore = { owners in try SimulatedStore(owners: owners) }
            return try World(seed: 40, settings: settings).run()
        }
        #expect(try run() == run())
    }
}
