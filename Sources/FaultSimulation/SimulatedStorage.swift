public import TradingEngine
public import TradingModel
public import TradingPorts

/// A journal that a run's process keeps on a disk of its own: it fails, and what was not synced may be gone when the process dies.
public protocol SimulatedStorage: AnyObject {
    /// What the journal restores after a start.
    func start() throws -> RestoredJournal
    /// True when a second process could open it meanwhile.
    func letsAnotherIn() -> Bool
    /// The number of its present opening.
    var epoch: Int64 { get throws }
    /// The epoch that wrote each fact from `sequence` on.
    func epochs(from sequence: Int64) throws -> [Int64]
    /// Another process takes over while this one is paused, around the lock that should keep it out; then this one goes on and writes
    /// `entries`. From there on the other one is the process. True when the write was refused as that of one that was overtaken.
    func isOvertaken(writing entries: [JournalEntry]) throws -> Bool
    func append(_ entries: [JournalEntry], rows: [RowChange]) throws -> JournalReceipt
    func keepSnapshot(_ state: EngineState, after sequence: Int64) throws
    func entries(from sequence: Int64) throws -> [JournalEntry]
    /// After so many further writes and syncs one is refused; `dying`, everything after it, too.
    func fail(after operations: Int, dying: Bool)
    func heal()
    /// The process is gone, and with `power` whatever was not synced may be, too. Says how many pieces of it are lost.
    func die(power: Bool, _ random: inout SeededRandom) -> Int
    /// The tables that a rebuild from the journal changes, each with a row that differs.
    func differencesToARebuild() throws -> [String]
}
