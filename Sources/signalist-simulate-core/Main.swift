import ArgumentParser
import SimulationCommand

/// The fault simulation without the production store, which takes minutes to build for speed: what `script/test` runs.
@main
enum Main {
    static func main() { Simulate.main() }
}
