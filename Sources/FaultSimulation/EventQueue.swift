import TradingEngine
import TradingModel

/// What can happen next, each at its moment. Parts of a process that died carry its number and come to nothing.
enum Happening {
    // Our process.
    case boot
    case turn(life: Int)
    case commit(life: Int)
    case wake(life: Int, at: Int64)
    case command(life: Int, BrokerCommand)
    case answers(life: Int, [Answer])
    // The line of one account.
    case lineDue(life: Int, account: Int, at: Int64)
    case connect(life: Int, account: Int)
    /// Nil: there was no connection to be had.
    case opened(life: Int, account: Int, connection: Int?)
    // The wire.
    case toBroker(connection: Int, [UInt8])
    case toUs(connection: Int, [UInt8])
    case closedAtUs(connection: Int, orderly: Bool)
    case closedAtBroker(connection: Int)
    /// The broker sends an answer that it held back.
    case sendLate(connection: Int, [UInt8])
    // The rest of the world.
    case market
    case people
    case prudence
    case movers
    case mishap
    case mishapEnds(Mishap)

    /// It belongs to a process and goes with it, leaving nothing.
    var isOfOurMemory: Bool {
        switch self {
        case .turn, .commit, .wake, .command, .answers, .lineDue, .connect, .opened: true
        case .boot, .toBroker, .toUs, .closedAtUs, .closedAtBroker, .sendLate, .market, .people, .prudence, .movers, .mishap, .mishapEnds: false
        }
    }
}

/// Happenings in the order of their moments and, of one moment, in the order in which they were planned.
struct EventQueue {
    private struct Entry { var at: Int64, order: Int64, what: Happening }
    private var heap: [Entry] = []
    private var planned: Int64 = 0

    var count: Int { heap.count }
    var next: Int64? { heap.first?.at }

    private func isBefore(_ a: Int, _ b: Int) -> Bool { (heap[a].at, heap[a].order) < (heap[b].at, heap[b].order) }

    mutating func plan(_ what: Happening, at: Int64) {
        heap.append(Entry(at: at, order: planned, what: what))
        planned += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !isBefore(child, parent) { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> (at: Int64, what: Happening)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) { least = child }
                if least == parent { break }
                heap.swapAt(parent, least)
                parent = least
            }
        }
        return (first.at, first.what)
    }
}
