import TradingEngine
public import TradingModel
public import TradingPorts

/// What any store must answer once a history is written to it; each store's tests run every check on an empty one.
public enum ReadModelsConformance: String, CaseIterable, Sendable {
    case sessionsReadAsTheyStand
    case accountsReadAsTheyStand
    case aSignalSaysWhatBecameOfIt
    case signalsAreFoundByStatus
    case aTradeIsOneRoundTrip
    case pagesWalkFromTheNewestAndMissNothing
    case aCursorThatIsNoneOfOursIsRefused
    case refusalsAreCounted
    case anEmergencyStopHoldsUntilItIsLifted
    case boughtContractsComeByHowTheyEnded
    case factsOfAnOwnerComeInOrderWithoutGaps
    case nobodySeesWhatIsAnothers
    case aKeyNamesItsOwner
    case theFirstAnswerToAKeyStays
    case noNumberIsGivenTwice
    case aKeyKeepsItsNumber
}

/// An empty store, and how people come into it. The first two owners that it makes are 1 and 2.
public struct ReadModelsUnderTest {
    public var store: any Journal & ReadModels
    public var createOwner: (String) throws -> OwnerID
    public var addKey: (OwnerID, _ hash: [UInt8]) throws -> Void
    public init(_ store: any Journal & ReadModels, createOwner: @escaping (String) throws -> OwnerID, addKey: @escaping (OwnerID, [UInt8]) throws -> Void) {
        (self.store, self.createOwner, self.addKey) = (store, createOwner, addKey)
    }
}

extension ReadModelsConformance {
    /// Throws a `ConformanceFailure` that says what was otherwise.
    public func run(_ test: ReadModelsUnderTest) async throws {
        let ada = try test.createOwner("Ada"), ben = try test.createOwner("Ben")
        try expectEqual([ada, ben], [ScriptedHistory.ada, ScriptedHistory.ben], "the first two owners")
        let history = ScriptedHistory()
        try test.store.write(history.turns)
        let reads = HistoryReads(store: test.store, history: history, ada: ada, ben: ben)
        switch self {
        case .sessionsReadAsTheyStand: try await reads.sessions()
        case .accountsReadAsTheyStand: try await reads.accounts()
        case .aSignalSaysWhatBecameOfIt: try await reads.signals()
        case .signalsAreFoundByStatus: try await reads.signalsByStatus()
        case .aTradeIsOneRoundTrip: try await reads.trades()
        case .pagesWalkFromTheNewestAndMissNothing: try await reads.pages()
        case .aCursorThatIsNoneOfOursIsRefused: try await reads.cursors()
        case .refusalsAreCounted: try await reads.refusals()
        case .anEmergencyStopHoldsUntilItIsLifted: try await reads.emergencyStop()
        case .boughtContractsComeByHowTheyEnded: try await reads.bought()
        case .factsOfAnOwnerComeInOrderWithoutGaps: try await reads.facts()
        case .nobodySeesWhatIsAnothers: try await reads.privacy()
        case .aKeyNamesItsOwner: try await reads.keys(test)
        case .theFirstAnswerToAKeyStays: try await reads.answers()
        case .noNumberIsGivenTwice: try await reads.numbers()
        case .aKeyKeepsItsNumber: try await reads.keyedNumbers()
        }
    }
}
