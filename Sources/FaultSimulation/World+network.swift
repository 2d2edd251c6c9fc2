import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingEngine
import TradingModel
import TradingPorts

/// One TCP connection: frames in order both ways, held up, cut, or half open.
struct Wire {
    enum Fate { case flowing, lost, delayed(until: Int64) }
    let account: Int
    let life: Int
    /// The broker's number of it.
    let session: Int
    var isOpenAtUs = true
    var isOpenAtBroker = true
    /// When the newest frame of each direction arrives: none overtakes another.
    var upDue: Int64 = 0
    var downDue: Int64 = 0
    /// Half open: nothing arrives before.
    var upHeldUntil: Int64 = 0
    var downHeldUntil: Int64 = 0
    /// What becomes of frames that were on their way to the broker when our side was gone.
    var fate = Fate.flowing
    /// The broker no longer takes it for logged in.
    var isLoggedOut = false
    var isTicking = false
    /// Answers to `time` since the last that was wrong, and whether none was.
    var timesTold = 0, isFirstTime = true
}

// Frames on their way.
extension World {
    func latency() -> Int64 { settings.script == nil ? network.pick(1...max(2, swarm.latencyMost)) : 20 }

    func write(_ bytes: [UInt8], on account: Int) throws(Stop) {
        guard let connection = process!.connections[account], wires[connection].isOpenAtUs else { return }
        try mayDie("before a frame is sent")
        try oracle { judge throws(Violation) in try judge.rates.send(bytes, account: account, life: life, at: now) }
        wires[connection].upDue = max(wires[connection].upDue, now + latency())
        outside += 1
        queue.plan(.toBroker(connection: connection, bytes), at: wires[connection].upDue)
        try mayDie("after a frame was sent")
    }

    /// From the broker to us.
    func deliver(_ bytes: [UInt8], on connection: Int) {
        guard wires[connection].isOpenAtBroker, wires[connection].isOpenAtUs else { return }
        wires[connection].downDue = max(wires[connection].downDue, now + latency())
        queue.plan(.toUs(connection: connection, bytes), at: wires[connection].downDue)
    }

    func arriveAtUs(_ connection: Int, _ bytes: [UInt8]) throws(Stop) {
        let wire = wires[connection]
        guard wire.life == life, wire.isOpenAtUs, process?.connections[wire.account] == connection else { return }
        if wire.downHeldUntil > now { return queue.plan(.toUs(connection: connection, bytes), at: wire.downHeldUntil) }
        try mayDie("before a frame is read")
        bytes.withUnsafeBytes { process!.lines[wire.account]!.received($0, at: ours()) }
        try act(wire.account)
        try mayDie("after a frame was read")
    }

    func arriveAtBroker(_ connection: Int, _ bytes: [UInt8]) throws(Stop) {
        let wire = wires[connection]
        guard wire.isOpenAtBroker else { return }
        if wire.isOpenAtUs {
            if wire.upHeldUntil > now { return queue.plan(.toBroker(connection: connection, bytes), at: wire.upHeldUntil) }
        } else {
            switch wire.fate {
            case .flowing: break
            case .lost: return
            case .delayed(let until):
                if until > now { return queue.plan(.toBroker(connection: connection, bytes), at: until) }
                report.count(.zombie)
            }
        }
        try brokerReceives(bytes, on: connection)
    }

    // MARK: Ends

    /// Our side hangs up in an orderly way.
    /// `isSilent`: because nothing was heard any more, so that the broker may not hear of it either.
    func closeOurs(_ account: Int, isSilent: Bool) {
        guard let connection = process!.connections[account] else { return }
        process!.connections[account] = nil
        endOurs(connection, zombieMost: isSilent ? swarm.zombieUnclean : swarm.zombieClean)
    }

    /// Our process died with the connection open.
    func abandon(_ connection: Int) { endOurs(connection, zombieMost: swarm.zombieUnclean) }

    private func endOurs(_ connection: Int, zombieMost: Int64) {
        outside += 1
        wires[connection].isOpenAtUs = false
        var ends = now + 100
        switch network.pick(0...2) {
        case 0: wires[connection].fate = .lost
        case 1 where zombieMost > 0:
            let until = now + network.pick(1...zombieMost)
            wires[connection].fate = .delayed(until: until)
            ends = until + 1
        default:
            // What the kernel has goes out before the connection ends, but never later than an orderly end allows.
            wires[connection].fate = wires[connection].upHeldUntil > now ? .lost : .flowing
            ends = min(max(ends, wires[connection].upDue + 1), now + 29_000)
        }
        queue.plan(.closedAtBroker(connection: connection), at: ends)
    }

    func closedAtBroker(_ connection: Int) {
        guard wires[connection].isOpenAtBroker else { return }
        outside += 1
        wires[connection].isOpenAtBroker = false
        broker.disconnect(wires[connection].session)
    }

    /// We hear that a connection is gone.
    func closedAtUs(_ connection: Int, orderly: Bool) throws(Stop) {
        let wire = wires[connection]
        guard wire.isOpenAtUs else { return }
        if orderly { closedAtBroker(connection) }
        guard wire.life == life, process?.connections[wire.account] == connection else { return }
        process!.connections[wire.account] = nil
        if wire.isOpenAtBroker, !orderly { endOurs(connection, zombieMost: swarm.zombieUnclean) }
        wires[connection].isOpenAtUs = false
        process!.lines[wire.account]!.closed(cause: orderly ? "closed" : "reset", clean: orderly, at: ours())
        try act(wire.account)
    }

    /// The wire of an account that lives now.
    func liveWire(_ account: Int) -> Int? { process?.connections[account] }
}
