import Testing

/// The rules find what breaks them and nothing else.
@Suite struct RulesTests {
    func file(_ text: String, path: String = "Sources/Pure/File.swift") -> SourceFile { SourceFile(path: path, text: text) }

    @Test func impuritiesAreFoundByLine() {
        let text = """
            /// Says Date() in a comment, and import Foundation.
            public import Foundation
            @preconcurrency import NIOCore
            import struct Dispatch.DispatchTime
            let now = Date()
            let roll = Int.random(in: 1...6)    // chance
            /* Task.sleep
               ContinuousClock */ let address = "ws://host"
            let random = SeededRandom(seed: 1)
            let due = UpDate(1), dates = [Date]()
            """
        #expect(
            Rules.impurities(file(text)) == [
                "Sources/Pure/File.swift:2: import Foundation", "Sources/Pure/File.swift:3: import NIOCore", "Sources/Pure/File.swift:4: import Dispatch",
                "Sources/Pure/File.swift:5: let now = Date()", "Sources/Pure/File.swift:6: let roll = Int.random(in: 1...6)",
            ])
    }

    @Test func floatingPointIsFound() {
        #expect(
            Rules.floatingPoint(file("// no Double\nvar a: Double\nlet b = Float(1)\nlet c = Doubled()\nlet d = Decimals.text(1)")) == [
                "Sources/Pure/File.swift:2: var a: Double", "Sources/Pure/File.swift:3: let b = Float(1)",
            ])
    }

    @Test func theManifestsArrowsAreRead() {
        let manifest = Manifest(
            """
            let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
            targets: [
                // .target(name: "Gone", dependencies: ["Model"]),
                .target(name: "Model", swiftSettings: strict),
                .target(name: "Engine", dependencies: ["Model"], swiftSettings: strict),
                .target(name: "Broker", dependencies: ["Engine", crypto, nio("Model"),
                    .product(name: "App", package: "x")], swiftSettings: strict),
                .executableTarget(
                    name: "App",
                    dependencies: [.target(name: "Broker"), "Elsewhere"]),
                .testTarget(name: "ModelTests", dependencies: ["Model"]),
            ]
            """)
        #expect(manifest.dependencies == ["Model": [], "Engine": ["Model"], "Broker": ["Engine"], "App": ["Broker"], "ModelTests": ["Model"]])
        #expect(manifest.reachable(from: "App") == ["Broker", "Engine", "Model"])
        #expect(manifest.reachable(from: "Nobody") == [])
        #expect(Rules.strayImports(file("import Model\nimport Swift\n", path: "Sources/App/A.swift"), manifest) == [])
        #expect(
            Rules.strayImports(file("import Swift\npublic import Broker\n", path: "Sources/Engine/A.swift"), manifest)
                == ["Sources/Engine/A.swift:2: Engine imports Broker, to which no arrow of Package.swift leads"])
        #expect(Rules.strayImports(file("@testable import Engine", path: "Tests/ModelTests/A.swift"), manifest).count == 1)
    }

    @Test func aFileOpensWithAComment() {
        for text in ["/// A.\nstruct A {}", "import A\n@testable import B\npublic import C\n\n// A.\n", "#if DEBUG\n/* A. */", "// A.\nimport B\nstruct A {}"] {
            #expect(Rules.missingOpening(file(text)) == nil, "\(text)")
        }
        #expect(
            Rules.missingOpening(file("import A\nstruct A {}\n/// Late.")) == "Sources/Pure/File.swift:2: no comment says what the file is for: struct A {}")
        #expect(Rules.missingOpening(file("")) == "Sources/Pure/File.swift:1: an empty file")
    }

    @Test func pathsOfAMachineAreFound() {
        let home = "/ho" + "me/", work = "/wo" + "rk/"
        let text = "cd \(home)someone\n\"\(work)main\"\n\(work)x\nhttps://example.org\(home)\ndocs\(work)a\n${HOME}\(work)"
        #expect(Rules.machinePaths(file(text)).map { $0.split(separator: ":")[1] } == ["1", "2", "3"])
    }

    @Test func sleepsAreFound() {
        let text = "try await Task.sleep(for: .seconds(1))\nThread.sleep(forTimeInterval: 1)\nusleep(5)\nsleep(1)\nclock.sleeps()\nasleep(1)\n// sleep(1)"
        #expect(Rules.sleeps(file(text)).count == 4)
    }

    @Test func importsOfAllKindsAreSeen() {
        let text =
            "import A\npublic import B\n@testable import C\n@_spi(X) public import D\nimport struct E.F\nlet important = 1\n// import G\n@preconcurrency package import H"
        #expect(file(text).imports.map { "\($0.line) \($0.module)" } == ["1 A", "2 B", "3 C", "4 D", "5 E", "8 H"])
    }
}
