import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingEngine
import TradingModel
import TradingPorts

// The production line of each account, driven as the socket's runner drives it.
extension World {
    func index(of account: AccountID) -> Int { Int(account.rawValue) - 1 }

    /// A command reaches its line.
    func take(_ command: BrokerCommand) throws(Stop) {
        try mayDie("before a command is taken")
        let account = index(of: command.account)
        if case .open(let id, let profile) = command, process!.lines[account] == nil {
            process!.lines[account] = DerivLine(account: id, profile: profile, settings: lineSettings, seed: seed ^ UInt64(life) << 8 ^ UInt64(account))
            if usesTicks { process!.lines[account]!.follow([World.symbol], past: 3, fresh: [], at: ours()) }
        }
        guard process!.lines[account] != nil else {
            if case .buy(let id, let intent) = command { offer(Input(.broker(id, .notSent(intent.id)))) }
            return
        }
        process!.lines[account]!.command(command, at: ours())
        if case .lookUp = command, !isCalm, strikes(swarm.signalInLookUp, .signalInLookUp) { signal(accounts[account].owner, only: nil) }
        try act(account)
    }

    /// Does what the line asks, in order.
    func act(_ account: Int) throws(Stop) {
        while !process!.lines[account]!.actions.isEmpty {
            let actions = process!.lines[account]!.actions
            process!.lines[account]!.actions.removeAll(keepingCapacity: true)
            for action in actions {
                switch action {
                case .connect(let pause):
                    outside += 1
                    try oracle { judge throws(Violation) in try judge.rates.connects(account, at: now) }
                    plan(.connect(life: life, account: account), after: pause)
                case .login(let request): try write(LoginRequest.frame(Secret(accounts[account].token), requestID: request), on: account)
                case .send(let bytes): try write(bytes, on: account)
                case .sendBuy(let bytes, let intent):
                    let moment = ours()
                    try oracle { judge throws(Violation) in try judge.checkWritten(intent, bytes, ours: moment, at: now) }
                    report.count(.buyWritten)
                    note("writes \(intent.signal.short)")
                    try write(bytes, on: account)
                    try ambush(intent, on: account)
                case .close: closeOurs(account, isSilent: actions.contains { if case .event(.lineDown(_, clean: false)) = $0 { true } else { false } })
                case .event(let event):
                    try mayDie("with an event of the line")
                    if case .lineUp = event { process!.isRecovering = false }
                    offer(Input(.broker(accounts[account].id, event)))
                case .ticks(let ticks, let isPast): try heard(ticks, isPast: isPast, account: account)
                case .openProfit: break
                case .clock(let seconds, let sent, let heard):
                    judge.rates.clockSet(by: process!.time.learn(brokerSeconds: seconds, sent: sent, heard: heard), at: now)
                case .remark: break
                }
            }
        }
        planLine(account)
    }

    private func planLine(_ account: Int) {
        guard let due = process!.lines[account]!.nextDeadline else { process!.lineDueAt[account] = nil; return }
        let at = now + max(1, due.milliseconds(since: ours()) + 1)
        if let planned = process!.lineDueAt[account], planned > now, planned <= at { return }
        process!.lineDueAt[account] = at
        queue.plan(.lineDue(life: life, account: account, at: at), at: at)
    }

    func lineDue(_ account: Int) throws(Stop) {
        process!.lineDueAt[account] = nil
        process!.lines[account]!.passTime(at: ours())
        try act(account)
    }

    // MARK: Connecting

    func connect(_ account: Int) throws(Stop) {
        guard process!.lines[account]!.state == .waiting else { return }
        process!.lines[account]!.connecting(at: ours())
        try act(account)
        let fails = isOn(.noConnection) || strikes(swarm.noConnection, .noConnection)
        let connection = fails ? nil : open(account)
        plan(.opened(life: life, account: account, connection: connection), after: latency())
    }

    /// A new wire; the broker knows of it from now on.
    private func open(_ account: Int) -> Int {
        let connection = wires.count
        outside += 1
        let session = broker.connect { [unowned self] output in
            switch output {
            case .frame(let bytes): brokerSays(bytes, on: connection)
            case .close: plan(.closedAtUs(connection: connection, orderly: true), after: 1)
            }
        }
        wires.append(Wire(account: account, life: life, session: session))
        return connection
    }

    func opened(_ account: Int, _ connection: Int?) throws(Stop) {
        guard process!.lines[account]!.state == .connecting else {
            if let connection { closedAtBroker(connection) }
            return
        }
        if let connection {
            process!.connections[account] = connection
            process!.lines[account]!.opened(at: ours())
        } else {
            process!.lines[account]!.closed(cause: "no connection", clean: true, at: ours())
        }
        try act(account)
    }

    // MARK: Ticks

    /// Every so many ticks make a signal, as a built-in strategy does.
    private func heard(_ ticks: [Tick], isPast: Bool, account: Int) throws(Stop) {
        try oracle { judge throws(Violation) in try judge.checkTicks(ticks, isPast: isPast, account: account, life: life) }
        guard !isPast, let tick = ticks.last else { return }
        try strategyLooks(at: tick, account: account)
    }
}
