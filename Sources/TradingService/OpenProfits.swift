import Synchronization
import TradingEngine
import TradingModel

/// What open contracts would yield, as the broker said last. Readings: nothing is decided by them, and they are gone
/// with the process.
final class OpenProfits: Sendable {
    private struct State { var byContract: [ContractID: Money] = [:], ended: [ContractID] = [] }
    private let state = Mutex(State())
    /// Contracts that are remembered; past this, new ones have no reading.
    static let most = 10_000
    /// A reading may come after the settlement: so many ended contracts are known as such.
    static let endedMost = 1_000

    func read(_ contract: ContractID, _ profit: Money) {
        state.withLock { state in
            if state.byContract[contract] == nil, state.byContract.count >= OpenProfits.most || state.ended.contains(contract) { return }
            state.byContract[contract] = profit
        }
    }

    func ended(_ contract: ContractID) {
        state.withLock { state in
            state.byContract[contract] = nil
            state.ended.append(contract)
            if state.ended.count > OpenProfits.endedMost { state.ended.removeFirst() }
        }
    }

    func of(_ contract: ContractID) -> Money? { state.withLock { $0.byContract[contract] } }
}
