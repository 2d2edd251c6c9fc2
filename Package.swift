// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func nio(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-nio") }
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")

let package = Package(
    name: "signalist",
    products: [
        .executable(name: "signalist", targets: ["signalist"])
    ],
    traits: [
        // Mistakes that the fault simulation must find, each switched on by name: `script/simulate --seeded-bugs`. Nothing of them is in
        // a build without it.
        .trait(name: "SeededBugs", description: "Plants known mistakes, to test the tests.")
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-numerics.git", exact: "1.1.1"),
    ],
    targets: [
        // Pure: no Foundation, no clock, no chance, no I/O. A test reads the sources and says so.
        /// JSON text, read and written from its digits.
        .target(name: "PlainJSON", swiftSettings: strict),
        /// The nouns: money, prices, times, signals, plans, limits, contracts.
        .target(name: "TradingModel", swiftSettings: strict),
        /// The decisions: three levels of state, facts, commands, one turn of the loop.
        .target(name: "TradingEngine", dependencies: ["TradingModel"], swiftSettings: strict),
        /// What must hold of committed facts, with books of its own: judged in the fault simulation and in production.
        .target(name: "TradingAudit", dependencies: ["TradingEngine"], swiftSettings: strict),
        /// A broker made of arithmetic: prices from a seed, payouts, settlement, a ledger.
        .target(name: "SimulatedMarket", dependencies: ["TradingModel"], swiftSettings: strict),
        /// Ticks in, signals out.
        .target(name: "Strategies", dependencies: ["TradingModel"], swiftSettings: strict),
        /// Trades in, figures out.
        .target(name: "TradeAnalytics", dependencies: ["TradingModel", .product(name: "RealModule", package: "swift-numerics")], swiftSettings: strict),
        /// Deriv's v3 protocol as values: codec, connection state machine, request table, backoff, intent matcher.
        .target(name: "DerivWire", dependencies: ["TradingEngine", "PlainJSON"], swiftSettings: strict),

        // What the surroundings must provide, and one adapter for each outside thing.
        /// Journal, broker, clock, vault and read models, as the engine's surroundings must provide them.
        .target(name: "TradingPorts", dependencies: ["TradingEngine", "PlainJSON"], swiftSettings: strict),
        /// Deriv over a real WebSocket.
        .target(
            name: "DerivBroker",
            dependencies: [
                "TradingPorts", "DerivWire", logging,
                nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nio("NIOWebSocket"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: strict),
        /// The simulated market behind Deriv's v3 protocol on a real WebSocket.
        .target(
            name: "DerivSimulator",
            dependencies: [
                "SimulatedMarket", "PlainJSON",
                nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nio("NIOWebSocket"),
            ], swiftSettings: strict),
        /// What was done, chained entry by entry, with checkpoints and proofs.
        .target(name: "AuditLog", dependencies: ["TradingModel", "PlainJSON", crypto], swiftSettings: strict),
        /// Journal, projections and read models in one SQLite file.
        .target(name: "SQLiteStore", dependencies: ["TradingPorts", "AuditLog", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
        /// Seals and opens broker tokens.
        .target(name: "KeyRing", dependencies: ["TradingModel", "PlainJSON", crypto, cryptoExtras], swiftSettings: strict),
        /// The ring in use, and the state machine that moves everything sealed to another key.
        .target(name: "KeyRotation", dependencies: ["KeyRing", "TradingPorts"], swiftSettings: strict),
        /// Argon2, from Debian.
        .systemLibrary(name: "CArgon2", providers: [.apt(["libargon2-dev"])]),
        /// The system call that hides a process's memory, for Swift to call.
        .systemLibrary(name: "CPrivateMemory"),
        /// Who may come in: passwords, one-time codes, visits, keys.
        .target(name: "People", dependencies: ["TradingPorts", "CArgon2", crypto], swiftSettings: strict),
        /// What the previous system stored, read from its exports and judged.
        .target(name: "PreviousImport", dependencies: ["TradingModel", "PlainJSON"], swiftSettings: strict),
        /// The running shell: the loop, the inbox, the feeds, the strategies' runner.
        .target(name: "TradingService", dependencies: ["TradingPorts", "TradingAudit", "Strategies", logging, crypto, lifecycle], swiftSettings: strict),
        /// The HTTP interface under /api/v1.
        .target(
            name: "TradingAPI",
            dependencies: [
                "TradingService", "TradeAnalytics", "People", crypto, logging, lifecycle, .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nio("NIOTLS"),
            ], swiftSettings: strict),
        /// The command and its subcommands; the only target that names every adapter.
        .executableTarget(
            name: "signalist",
            dependencies: [
                "TradingAPI", "DerivBroker", "DerivSimulator", "SQLiteStore", "AuditLog", "KeyRotation", "PreviousImport", "TradeAnalytics",
                "People", "CPrivateMemory",
                lifecycle, signals, crypto, .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),

        /// The engine, the line and the journal's coding in a hostile world from a seed, the simulated broker's ledger as the judge.
        .target(name: "FaultSimulation", dependencies: ["DerivSimulator", "DerivWire", "TradingPorts", "TradingAudit"], swiftSettings: strict),
        /// The production store on a disk that loses its power, for one seed of the simulation in twenty.
        .target(
            name: "StorageSimulation", dependencies: ["FaultSimulation", "SQLiteStore", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
        /// Many seeds, and what they found.
        .target(
            name: "SimulationCommand",
            dependencies: ["FaultSimulation", .product(name: "ArgumentParser", package: "swift-argument-parser")], swiftSettings: strict),
        /// What `script/simulate` and `script/test` run.
        .executableTarget(
            name: "signalist-simulate",
            dependencies: ["SimulationCommand", "StorageSimulation", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),

        /// What `script/bench` runs: it measures and prints what it computed.
        .executableTarget(
            name: "signalist-bench",
            dependencies: [
                "TradingAPI", "DerivBroker", "DerivWire", "DerivSimulator", "SimulatedMarket", "SQLiteStore", "TradingTesting", "TradeAnalytics",
                "TradingAudit", "KeyRotation", "People", crypto, logging, lifecycle, nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nio("NIOWebSocket"),
            ], path: "Benchmarks", swiftSettings: strict),

        // Fixtures, scripts, conformance suites and the seeded simulation.
        .target(name: "TradingTesting", dependencies: ["TradingPorts", "SimulatedMarket"], swiftSettings: strict),

        .testTarget(name: "PlainJSONTests", dependencies: ["PlainJSON"], swiftSettings: strict),
        .testTarget(name: "AuditLogTests", dependencies: ["AuditLog"], swiftSettings: strict),
        .testTarget(name: "TradingModelTests", dependencies: ["TradingModel"], swiftSettings: strict),
        .testTarget(name: "TradingEngineTests", dependencies: ["TradingTesting"], swiftSettings: strict),
        .testTarget(name: "TradingAuditTests", dependencies: ["TradingAudit", "TradingTesting"], swiftSettings: strict),
        .testTarget(name: "SimulatedMarketTests", dependencies: ["SimulatedMarket"], swiftSettings: strict),
        .testTarget(name: "StrategiesTests", dependencies: ["Strategies"], swiftSettings: strict),
        .testTarget(name: "TradeAnalyticsTests", dependencies: ["TradeAnalytics", "PlainJSON"], swiftSettings: strict),
        .testTarget(name: "DerivWireTests", dependencies: ["DerivWire"], swiftSettings: strict),
        .testTarget(name: "TradingPortsTests", dependencies: ["TradingTesting"], swiftSettings: strict),
        .testTarget(
            name: "DerivSimulatorTests", dependencies: ["DerivSimulator", nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nio("NIOWebSocket")],
            swiftSettings: strict),
        .testTarget(
            name: "SQLiteStoreTests", dependencies: ["SQLiteStore", "TradingTesting", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
        .testTarget(name: "FaultSimulationTests", dependencies: ["FaultSimulation", "StorageSimulation"], swiftSettings: strict),
        .testTarget(name: "KeyRingTests", dependencies: ["KeyRing", "PlainJSON", crypto], swiftSettings: strict),
        .testTarget(name: "PreviousImportTests", dependencies: ["PreviousImport", "PlainJSON"], swiftSettings: strict),
        .testTarget(name: "PeopleTests", dependencies: ["People", "SQLiteStore", crypto], swiftSettings: strict),
        .testTarget(name: "KeyRotationTests", dependencies: ["KeyRotation"], swiftSettings: strict),
        .testTarget(
            name: "DerivBrokerTests", dependencies: ["DerivBroker", "DerivSimulator", "TradingTesting", logging, nio("NIOCore"), nio("NIOPosix")],
            swiftSettings: strict),
        .testTarget(name: "TradingServiceTests", dependencies: ["TradingService", "SQLiteStore", "TradingTesting", logging], swiftSettings: strict),
        .testTarget(
            name: "TradingAPITests",
            dependencies: [
                "TradingAPI", "SQLiteStore", crypto, logging, lifecycle, nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nio("NIOTLS"), nio("NIOEmbedded"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ], swiftSettings: strict),
        .testTarget(
            name: "SignalistTests", dependencies: ["signalist", "TradeAnalytics", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
