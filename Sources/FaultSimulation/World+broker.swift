import DerivSimulator
import DerivWire
import SimulatedMarket
import TradingEngine
import TradingModel
import TradingPorts

/// What becomes of one buy at the broker.
enum BuyFate: Equatable { case served, answerLost, answeredWith(code: String) }

// The broker's edge: requests reach the simulated broker's own session, or are refused, lost, and answered late, twice,
// in another order, cut or garbled.
extension World {
    func brokerReceives(_ bytes: [UInt8], on connection: Int) throws(Stop) {
        turnMarket()
        let call = Request.call(bytes)
        if let code = refusal(of: call, on: connection) {
            if let answer = broker.refusal(of: bytes, code: code) { brokerAnswers(answer, on: connection) }
            return
        }
        var fate = BuyFate.served
        if call == .buy {
            if settings.script == nil {
                if strikes(swarm.buyLost, .buyLost) { return note("the broker loses a buy") }
                if !answersLost.isEmpty, let place = answersLost.firstIndex(where: { bytes.has($0.text) }) {
                    answersLost.remove(at: place)
                    fate = .answerLost
                }
                if strikes(swarm.buyAnswerLost, .buyAnswerLost) { fate = .answerLost }
                if strikes(swarm.unknownCodeButSold, .unknownCodeButSold) { fate = .answeredWith(code: "InternalServerError") }
            } else if settings.script!.answer == .lost {
                fate = .answerLost
            }
        }
        if call == .history { wires[connection].isTicking = true }
        answering = (connection, fate)
        broker.receive(bytes, on: wires[connection].session)
        answering = nil
        if case .answeredWith(let code) = fate, let answer = broker.refusal(of: bytes, code: code) { brokerAnswers(answer, on: connection) }
        try observeBroker()
        planMarket()
    }

    /// The code of the error that this request gets instead of being served.
    private func refusal(of call: Request, on connection: Int) -> String? {
        if call == .ping { return nil }
        if isOn(.tokenRevoked) { return call == .authorize ? "InvalidToken" : call == .time ? nil : "AuthorizationRequired" }
        if wires[connection].isLoggedOut, call != .authorize, call != .time { return "AuthorizationRequired" }
        if isOn(.rateLimited), call != .time { return "RateLimit" }
        if isOn(.statementBroken), call == .statement || call == .portfolio { return "InternalServerError" }
        guard call == .buy else { return nil }
        if isOn(.marketClosed) { return "MarketIsClosed" }
        if strikes(swarm.priceMoved, .priceMoved) { return "PriceMoved" }
        if strikes(swarm.unknownCode, .unknownCode) { return faults.chance(percent: 50) ? "SomethingNew" : "InternalServerError" }
        return nil
    }

    // MARK: Out

    /// Whatever the broker's session says on a connection, at once.
    func brokerSays(_ bytes: [UInt8], on connection: Int) {
        if isUntold(bytes) || keepsBack(bytes, on: connection) { return }
        let bytes = misstated(bytes)
        if let answering, answering.connection == connection {
            if answering.fate != .served, bytes.names("msg_type", "buy") { return note("a buy's answer is lost") }
            return brokerAnswers(bytes, on: connection)
        }
        if let tick = spoiltTick(bytes) { return deliver(tick, on: connection) }
        deliver(bytes, on: connection)
    }

    /// An answer, as the swarm lets it pass.
    private func brokerAnswers(_ bytes: [UInt8], on connection: Int) {
        if bytes.names("msg_type", "buy"), bytes.has("\"error\":") { judge.brokerRefuses(bytes) }
        if let script = settings.script {
            guard isArmed, bytes.names("msg_type", "buy") else { return deliver(bytes, on: connection) }
            switch script.answer {
            case .normal, .lost: deliver(bytes, on: connection)
            case .late: plan(.sendLate(connection: connection, bytes), after: 12_000)
            case .doubled: deliver(bytes, on: connection); deliver(bytes, on: connection)
            // After the messages of the streams that follow it, and after the settlement.
            case .reordered: plan(.sendLate(connection: connection, bytes), after: 7_000)
            }
            return
        }
        if isCalm { return deliver(bytes, on: connection) }
        if strikes(swarm.answerLost, .answerLost) { return }
        var frame = bytes
        if swarm.clockStep > 0, bytes.names("msg_type", "time") { frame = steppedClock(bytes, on: connection) }
        if strikes(swarm.frameCut, .frameCut) { frame = Garbling.cut(bytes, &faults) }
        if strikes(swarm.fieldRetyped, .fieldRetyped) { frame = Garbling.retyped(frame, &faults) }
        let copies = strikes(swarm.answerDoubled, .answerDoubled) ? 2 : 1
        for _ in 0..<copies {
            if strikes(swarm.answerLate, .answerLate) {
                plan(.sendLate(connection: connection, frame), after: faults.pick(100...max(101, swarm.latestAnswer)))
            } else if strikes(swarm.answerReordered, .answerReordered) {
                plan(.sendLate(connection: connection, frame), after: faults.pick(1...1_500))
            } else {
                deliver(frame, on: connection)
            }
        }
    }

    /// The broker's clock jumps for one answer now and then; a clock that is wrong for long is past every promise.
    /// Of four answers in a row, and of four on one connection, one at most is wrong: whoever asks three times can know.
    private func steppedClock(_ bytes: [UInt8], on connection: Int) -> [UInt8] {
        timesTold += 1
        wires[connection].timesTold += 1
        guard timesTold >= 4, wires[connection].timesTold >= 4 || wires[connection].isFirstTime, faults.pick(0...999) < swarm.clockStep * 20 else {
            return bytes
        }
        (timesTold, wires[connection].timesTold, wires[connection].isFirstTime) = (0, 0, false)
        report.count(.clockStep)
        let far = faults.chance(percent: 30) ? 3_600 : 30
        return bytes.replacing("\"time\":\(now / 1_000)", with: "\"time\":\(now / 1_000 + faults.pick(Int64(-far)...Int64(far)))")
    }

    private func isUntold(_ bytes: [UInt8]) -> Bool {
        guard !lasting.isEmpty else { return false }
        if isOn(.settlementUntold), bytes.names("action", "sell") || bytes.has("\"is_sold\":1") { return true }
        // What a contract paid is heard from its own stream first.
        if isOn(.settlementMisstated), bytes.names("action", "sell") { return true }
        return isOn(.bookingHidden) && bytes.names("action", "buy")
    }

    /// Word of a contract that won, whichever way it comes, until others that ended later were heard of, or the day is over.
    private func keepsBack(_ bytes: [UInt8], on connection: Int) -> Bool {
        guard swarm.winLate > 0 || swarm.winOverMidnight > 0, bytes.names("action", "sell") || bytes.has("\"is_sold\":1"),
            let contract = bytes.number("contract_id").flatMap({ broker.books.contract(ContractID(rawValue: $0)) }), let settlement = contract.settlement,
            settlement.payout > contract.price
        else { return false }
        if let until = keptBack[contract.id] { return until > now }
        var until = now
        let midnight = zone.nextDay(after: settlement.time).milliseconds
        if strikes(swarm.winLate, .winLate) { until = now + faults.pick(2_000...45_000) }
        if midnight - settlement.time.milliseconds < 60_000, strikes(swarm.winOverMidnight, .winOverMidnight) { until = midnight + faults.pick(2_000...15_000) }
        keptBack[contract.id] = until
        if until > now { plan(.sendLate(connection: connection, bytes), after: until - now) }
        return until > now
    }

    /// A contract that ended, with a payout that is too high or none.
    private func misstated(_ bytes: [UInt8]) -> [UInt8] {
        guard !lasting.isEmpty, isOn(.settlementMisstated), bytes.names("msg_type", "proposal_open_contract"), bytes.has("\"is_sold\":1") else { return bytes }
        note("a settlement is misstated")
        return bytes.replacing("\"sell_price\":", with: faults.chance(percent: 50) ? "\"sell_price\":1" : "\"sell_price\":0,\"told\":")
    }

    private func spoiltTick(_ bytes: [UInt8]) -> [UInt8]? {
        guard !lasting.isEmpty, bytes.names("msg_type", "tick") else { return nil }
        if isOn(.ticksAbsurd) {
            return bytes.replacing("\"quote\":", with: ["\"quote\":-", "\"quote\":0.00000", "\"quote\":99999999999"][Int(faults.pick(0...2))])
        }
        if isOn(.ticksFrozen) { return bytes.replacing("\"epoch\":1", with: "\"epoch\":0") }
        if isOn(.ticksStale) { return bytes.replacing("\"epoch\":", with: "\"epoch\":1") }
        return isOn(.ticksMissing) ? [] : nil
    }

    // MARK: Time

    func turnMarket() { broker.turn(to: Timestamp(milliseconds: now)) }

    /// Seconds are run one by one while somebody listens; else when the broker is next spoken to.
    func planMarket() {
        guard !isMarketPlanned, !broker.books.open.isEmpty || wires.contains(where: { $0.isTicking && $0.isOpenAtBroker }) else { return }
        isMarketPlanned = true
        queue.plan(.market, at: now - now % 1_000 + 1_000)
    }

    func runMarket() throws(Stop) {
        isMarketPlanned = false
        turnMarket()
        try observeBroker()
        planMarket()
    }

    /// The oracles look at what is new in the broker's ledger.
    func observeBroker() throws(Stop) {
        let books = broker.books
        try oracle { judge throws(Violation) in try judge.observe(books, self) }
    }
}

/// What a request is, as far as the simulation tells them apart.
enum Request {
    /// `statement` is `balance` too, `portfolio` the profit table.
    case authorize, buy, statement, portfolio, history, ping, time, other

    static func call(_ bytes: [UInt8]) -> Request {
        if bytes.starts(with: Array("{\"buy\"".utf8)) { return .buy }
        if bytes.starts(with: Array("{\"authorize\"".utf8)) { return .authorize }
        if bytes.starts(with: Array("{\"ping\"".utf8)) { return .ping }
        if bytes.starts(with: Array("{\"time\"".utf8)) { return .time }
        if bytes.starts(with: Array("{\"ticks_history\"".utf8)) { return .history }
        if bytes.starts(with: Array("{\"statement\"".utf8)) || bytes.starts(with: Array("{\"balance\"".utf8)) { return .statement }
        if bytes.starts(with: Array("{\"portfolio\"".utf8)) || bytes.starts(with: Array("{\"profit_table\"".utf8)) { return .portfolio }
        return .other
    }
}

extension [UInt8] {
    func names(_ key: StaticString, _ word: StaticString) -> Bool { has("\"\(key)\":\"\(word)\"") }

    func has(_ text: String) -> Bool { place(of: Array(text.utf8)) != nil }

    /// The first whole number under this key.
    func number(_ key: String) -> Int64? {
        let name = Array("\"\(key)\":".utf8)
        guard let at = place(of: name) else { return nil }
        return Int64(String(decoding: self[(at + name.count)...].prefix { (48...57).contains($0) }, as: UTF8.self))
    }

    private func place(of wanted: [UInt8]) -> Int? {
        guard let first = wanted.first, count >= wanted.count else { return nil }
        return withUnsafeBufferPointer { all in
            var at = 0
            while at + wanted.count <= all.count {
                if all[at] == first, wanted.withUnsafeBufferPointer({ wanted in (1..<wanted.count).allSatisfy { all[at + $0] == wanted[$0] } }) { return at }
                at += 1
            }
            return nil
        }
    }

    func replacing(_ text: String, with other: String) -> [UInt8] {
        let wanted = Array(text.utf8)
        guard let at = place(of: wanted) else { return self }
        return Array(self[..<at]) + Array(other.utf8) + Array(self[(at + wanted.count)...])
    }
}
