import PlainJSON
import TradingEngine
import TradingModel

// How records of the previous system look inside a fact, written and read.

extension JSONWriter {
    private mutating func member(_ name: StaticString, ifAny text: String?) { if let text { member(name, text) } }
    private mutating func member(_ name: StaticString, ifAny moment: Timestamp?) { if let moment { member(name, moment) } }

    mutating func members(of session: ImportedSession) {
        member("key", session.key)
        member("status", session.status)
        member("broker", session.broker)
        member("strategy", session.strategy)
        member("flags", session.flags)
        member("hold", session.hold.rawValue)
        memberObject("plan") { $0.members(of: session.plan) }
        member("created_at", session.createdAt)
        member("started_at", ifAny: session.startedAt)
        member("stopped_at", ifAny: session.stoppedAt)
        member("last_trade_at", ifAny: session.lastTradeAt)
        member("failure", ifAny: session.failure)
        member("start_balance", session.startBalance)
        member("profit", session.profit)
        member("trades", whole: session.trades)
        member("wins", whole: session.wins)
        member("losses", whole: session.losses)
        if let day = session.day { member("day", day) }
        member("trades_today", session.tradesToday)
        member("profit_today", session.profitToday)
        member("losses_in_a_row", session.lossesInARow)
    }

    mutating func members(of signal: ImportedSignal) {
        member("key", signal.key)
        member("status", signal.status)
        memberObject("signal") { $0.members(of: signal.signal) }
    }

    mutating func members(of trade: ImportedTrade) {
        member("key", trade.key)
        member("status", trade.status)
        member("broker", trade.broker)
        member("signal", trade.signal.text)
        members(of: trade.terms)
        member("price", trade.price)
        member("profit", trade.profit)
        member("contract", whole: trade.contract.rawValue)
        member("contract_text", ifAny: trade.contractText)
        member("entered_at", trade.enteredAt)
        member("exited_at", ifAny: trade.exitedAt)
        member("entry_price", trade.entryPrice)
        member("exit_price", ifAny: trade.exitPrice)
        member("entry_reason", ifAny: trade.entryReason)
        member("exit_reason", ifAny: trade.exitReason)
    }
}

extension ImportedSession {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        let hold = try fields.require("hold", "0 to 7") { $0.integer.flatMap(UInt8.init(exactly:)) }
        self.init(
            key: try fields.text("key"), status: try fields.text("status"), broker: try fields.text("broker"), strategy: try fields.text("strategy"),
            flags: try fields.texts("flags"), hold: SessionHold(rawValue: hold), plan: try SessionPlan(fields.object("plan")),
            createdAt: try fields.moment("created_at"), startedAt: try fields.momentIfAny("started_at"), stoppedAt: try fields.momentIfAny("stopped_at"),
            lastTradeAt: try fields.momentIfAny("last_trade_at"), failure: try fields.textIfAny("failure"),
            startBalance: try fields.money("start_balance"), profit: try fields.money("profit"), trades: try fields.whole("trades"),
            wins: try fields.whole("wins"), losses: try fields.whole("losses"), day: try fields.smallIfAny("day").map(TradingDay.init(daysSince1970:)),
            tradesToday: try fields.small("trades_today"), profitToday: try fields.money("profit_today"), lossesInARow: try fields.small("losses_in_a_row"))
    }
}

extension ImportedSignal {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(key: try fields.text("key"), status: try fields.text("status"), signal: try Signal(fields.object("signal")))
    }
}

extension ImportedTrade {
    init(_ fields: FactFields) throws(FactFields.Unreadable) {
        self.init(
            key: try fields.text("key"), status: try fields.text("status"), broker: try fields.text("broker"), signal: try fields.signalID("signal"),
            terms: try ContractTerms(fields), price: try fields.money("price"), profit: try fields.moneyIfAny("profit"),
            contract: try fields.contractID("contract"), contractText: try fields.textIfAny("contract_text"), enteredAt: try fields.moment("entered_at"),
            exitedAt: try fields.momentIfAny("exited_at"), entryPrice: try fields.text("entry_price"), exitPrice: try fields.textIfAny("exit_price"),
            entryReason: try fields.textIfAny("entry_reason"), exitReason: try fields.textIfAny("exit_reason"))
    }
}
