import ArgumentParser
import SimulationCommand
import StorageSimulation

/// The fault simulation with everything: one seed in twenty keeps its journal in the production store.
@main
enum Main {
    static func main() {
        Simulate.makeStore = { owners in try SimulatedStore(owners: owners) }
        Simulate.main()
    }
}
