// Facts as server-sent events: `id` is the owner's sequence number, `event` the kind, `data` one line of JSON.

import Hummingbird
import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

enum EventText {
    static func facts(_ entries: [JournalEntry]) -> ByteBuffer {
        var text: [UInt8] = []
        for entry in entries {
            text += "id: \(entry.ownerSequence)\nevent: \(FactCoding.kind(of: entry.fact.event).rawValue)\ndata: ".utf8
            text += json(entry)
            text += "\n\n".utf8
        }
        return ByteBuffer(bytes: text)
    }

    /// The client has missed facts that are not sent again: it reads the lists anew.
    static func reset(_ newest: Int64) -> ByteBuffer {
        ByteBuffer(string: "id: \(newest)\nevent: reset\ndata: {\"sequence\":\(newest)}\n\n")
    }

    static func json(_ entry: JournalEntry) -> [UInt8] {
        let fact = entry.fact
        var json = JSONWriter()
        json.object { json in
            json.member("sequence", entry.ownerSequence)
            json.member("at", fact.at)
            json.member("kind", FactCoding.kind(of: fact.event).rawValue)
            json.member("account", ifAny: fact.account?.rawValue)
            json.member("session", ifAny: fact.session?.rawValue)
            json.member("text", fact.line)
            json.members(fact.event)
        }
        return json.bytes
    }
}

extension JSONWriter {
    /// What of a fact a program wants without a second request; the lists have the rest.
    mutating func members(_ event: Fact.Event) {
        switch event {
        case .signalAccepted(let signal): member("signal", signal.id.text)
        case .signalCancelled(let signal, _), .signalExpired(let signal): member("signal", signal.text)
        case .signalRefused(let signal, let refusal, let waits):
            member("signal", signal.text)
            key("refusal")
            value(refusal)
            member("waits", waits)
        case .refusalsCounted(let strategy, let refusal, let count):
            member("strategy", strategy.text)
            key("refusal")
            value(refusal)
            member("count", count)
        case .paused(let cause, _): member("cause", cause.code)
        case .lineDown(let cause, _): member("cause", cause.text)
        case .loginRefused(let code): member("code", code.text)
        case .circuitOpened(let cause, let until):
            member("cause", cause.text)
            member("until", until)
        case .lineUp(let balance, _), .balanceReported(let balance, _), .sessionStarted(let balance):
            member("balance", balance)
            member("currency", balance.currency.code)
        case .outsideTradeSeen(let contract, _, let price):
            member("contract", contract.description)
            member("price", price)
            member("currency", price.currency.code)
        case .settlementOverdue(let contract): member("contract", contract.description)
        case .quoteAsked(let signal, let terms, let stake):
            member("signal", signal.text)
            member("symbol", terms.symbol.text)
            member("contractKind", terms.kind.name)
            member("duration", terms.duration.text)
            member("stake", stake)
            member("currency", stake.currency.code)
        case .buyIntended(let intent):
            trade(intent.id)
            member("symbol", intent.terms.symbol.text)
            member("contractKind", intent.terms.kind.name)
            member("duration", intent.terms.duration.text)
            member("stake", intent.stake.amount)
            member("currency", intent.stake.amount.currency.code)
        case .buyConfirmed(let id, let contract, _), .contractAdopted(let id, let contract):
            trade(id)
            member("contract", contract.id.description)
            member("price", contract.price)
            member("payout", contract.payout)
            member("currency", contract.price.currency.code)
        case .settled(let id, let settlement, _):
            trade(id)
            member("contract", settlement.contract.description)
            member("payout", settlement.payout)
            member("currency", settlement.payout.currency.code)
        case .settlementCorrected(let id, let settlement, let was, _):
            trade(id)
            member("contract", settlement.contract.description)
            member("payout", settlement.payout)
            member("was", was)
            member("currency", settlement.payout.currency.code)
        case .buyRejected(let id, let rejection):
            trade(id)
            member("cause", rejection.code.text)
        case .buyInDoubt(let id, let cause):
            trade(id)
            member("cause", cause.text)
        case .buyAmbiguous(let id, let candidates):
            trade(id)
            memberTexts("candidates", candidates.map(\.id.description))
        case .doubtResolved(let id, let contract, let by):
            trade(id)
            member("contract", ifAny: contract?.description)
            member("by", by.text)
        case .buyUnsent(let id), .doubtLookedInto(let id, _), .buyAbandoned(let id, _), .reservationReleased(let id): trade(id)
        case .promiseLockSet(let seconds, _): member("waitSeconds", seconds)
        case .raiseRequested(let raise):
            member("raise", raise.id)
            member("change", raise.change.name)
            member("dueAt", raise.dueAt)
        case .raiseTakenBack(let id, _): member("raise", id)
        case .emergencyStopped, .emergencyStopLifted, .operatorsStopped, .operatorsStopLifted, .ownerLimitsSet, .accountAdded, .accountRemoved,
            .accountLimitsSet, .realTradingSet, .circuitClosed,
            .lookUpAsked,
            .lookUpEnded,
            .sessionCreated, .sessionStarting, .planChanged, .resumed, .stopping, .stopped, .failed, .dayOpened, .previous:
            break
        }
    }

    private mutating func trade(_ id: IntentID) {
        member("trade", id.text)
        member("signal", id.signal.text)
    }
}
