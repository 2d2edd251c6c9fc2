import TradingEngine
import TradingModel
import TradingPorts
import TradingService

/// Shows each decision as it becomes durable, and after each settlement the session's figures.
struct DemoTerminal {
    let server: TradingServer
    let owner: OwnerID
    let say: @Sendable (String) -> Void

    func run(after sequence: Int64) async {
        let subscription = server.facts(of: owner)
        defer { subscription.cancel() }
        var strategies: [SignalID: Label] = [:], intents: [IntentID: BuyIntent] = [:], prices: [IntentID: Money] = [:]
        while let entries = await subscription.next() {
            var settled: SessionID?
            for entry in entries {
                let fact = entry.fact
                switch fact.event {
                case .signalAccepted(let signal): strategies[signal.id] = signal.strategy ?? signal.source
                case .buyIntended(let intent): intents[intent.id] = intent
                case .buyConfirmed(let id, let contract, _):
                    prices[id] = contract.price
                    let who = strategies.removeValue(forKey: id.signal)
                    show(
                        fact, "bought ", who,
                        "\(intents[id]?.terms.description ?? "")  \(contract.price.decimalText) pays \(contract.payout.decimalText)  #\(contract.id)")
                case .refusalsCounted(let strategy, let refusal, let count):
                    show(fact, "refused", strategy, "\(words(refusal))\(count > 1 ? "  (\(count) times)" : "")")
                case .signalRefused(let id, let refusal, _): show(fact, "refused", strategies[id], words(refusal))
                case .settled(let id, let settlement, _):
                    let result = prices.removeValue(forKey: id).map { settlement.payout - $0 }
                    let word = result.map { $0.isPositive ? "won " : $0.isNegative ? "lost" : "even" } ?? ""
                    let terms = intents.removeValue(forKey: id)?.terms.description ?? ""
                    show(
                        fact, "settled", nil,
                        "\(terms)  \(word) \(result.map { ($0.isPositive ? "+" : "") + $0.decimalText } ?? settlement.payout.decimalText)  #\(settlement.contract)"
                    )
                    settled = fact.session
                case .buyUnsent, .doubtLookedInto, .lookUpAsked, .lookUpEnded, .accountAdded, .sessionCreated, .balanceReported: break
                default: show(fact, "·      ", nil, fact.event.line)
                }
            }
            if let settled { await figures(settled) }
        }
    }

    private func show(_ fact: Fact, _ what: String, _ who: Label?, _ text: String) {
        let name = who?.text ?? ""
        say("\(fact.at.description.dropFirst(11).prefix(8))  \(what)  \(name)\(String(repeating: " ", count: max(0, 9 - name.count)))  \(text)")
    }

    private func words(_ refusal: Refusal) -> String { refusal.code.rawValue + (refusal.compared.map { " (\($0))" } ?? "") }

    private func figures(_ session: SessionID) async {
        guard let row = try? await server.reads.session(session, owner: owner) else { return }
        say("          figures            \(SessionWords.line(row))")
    }
}

/// A session's running figures in one line, the break-even rate beside the win rate.
enum SessionWords {
    static func percent(_ basisPoints: Int64?) -> String { basisPoints.map { "\(Decimals.text($0, decimals: 2)) %" } ?? "-" }

    static func line(_ row: SessionRow) -> String {
        "\(row.settled) settled, won \(row.wins) = \(percent(row.winBasisPoints)) (break-even \(percent(row.breakEvenBasisPoints))), "
            + "profit \(row.profit), today \(row.profitToday.decimalText) in \(row.tradesToday), "
            + "drawdown \(percent(row.currentDrawdown)) of at most \(percent(row.greatestDrawdown)), balance \(row.equity)"
    }
}
