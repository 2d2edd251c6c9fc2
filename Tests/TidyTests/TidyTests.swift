import Testing

/// What must be true of the sources themselves. Each finding names its file and line.
@Suite struct TidyTests {
    let repository = Repository.this

    static let pureTargets = ["PlainJSON", "TradingModel", "TradingEngine", "TradingAudit", "SimulatedMarket", "Strategies", "DerivWire", "TradeAnalytics"]

    @Test(arguments: pureTargets)
    func aPureTargetKnowsNoOutside(target: String) throws {
        let files = try repository.swiftFiles(in: "Sources/\(target)")
        #expect(!files.isEmpty)
        #expect(files.flatMap(Rules.impurities) == [])
    }

    @Test(arguments: ["TradingModel", "TradingEngine", "TradingAudit"])
    func moneyAndPricesNeverMeetAFloatingPoint(target: String) throws {
        let files = try repository.swiftFiles(in: "Sources/\(target)")
        #expect(files.flatMap(Rules.floatingPoint) == [])
    }

    @Test func importsFollowTheArrowsOfTheManifest() throws {
        let manifest = Manifest(try repository.text("Package.swift"))
        #expect(manifest.dependencies.count > 10, "the manifest was read")
        // What the fuzzer runs is compiled by script/fuzz and no target of the manifest.
        let files = try repository.swiftFiles(in: "Sources") + repository.swiftFiles(in: "Tests").filter { !$0.path.hasPrefix("Tests/Fuzzing/") }
        #expect(files.flatMap { Rules.strayImports($0, manifest) } == [])
    }

    @Test func everySourceOpensWithWhatItIsFor() throws {
        let files = try repository.swiftFiles(in: "Sources")
        #expect(files.compactMap(Rules.missingOpening) == [])
    }

    @Test func noFileNamesAPathOfOneMachine() throws {
        var findings: [String] = []
        for path in try repository.files() {
            guard let text = try? repository.text(path) else { continue }  // bytes that are no text: a picture, a fixture
            findings += Rules.machinePaths(SourceFile(path: path, text: text))
        }
        #expect(findings == [])
    }

    @Test func everyTestThatThePageOfPromisesNamesExists() throws {
        let names = try repository.text("docs/tested-promises.md").matches(of: /`(\w+)`/).map { String($0.1) }.filter { !$0.contains("-") }
        #expect(names.count > 40)
        var known: Set<String> = []
        for path in try repository.files(in: "Tests") where path.hasSuffix(".swift") || path.hasSuffix(".py") {
            known.formUnion(try repository.text(path).matches(of: /(?:func|def) (\w+)\s*[(<]/).map { String($0.1) })
        }
        // In backquotes stand the questions of the API, too.
        #expect(names.filter { !known.contains($0) && $0 != "drawdown" } == [])
    }

    @Test func noTestSleeps() throws {
        let files = try repository.swiftFiles(in: "Tests").filter { $0.target != "TidyTests" }
        #expect(files.flatMap(Rules.sleeps) == [])
    }
}
