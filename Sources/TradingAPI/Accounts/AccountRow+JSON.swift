// An account as JSON.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

extension JSONWriter {
    mutating func value(_ row: AccountRow) { object { $0.members(row) } }

    mutating func members(_ row: AccountRow) {
        member("id", row.id.rawValue)
        members(row.profile)
        member("line", row.line.name)
        member("balance", row.balance)
        member("reserved", row.reserved)
        member("available", row.balance - row.reserved)
        member("openExposure", row.openExposure)
        member("openContracts", row.openContracts)
        member("inDoubt", row.isInDoubt)
        member("tokenCompromised", row.isTokenCompromised)
        memberObject("limits") { $0.members(row.limits) }
    }

    mutating func members(_ limits: ExposureLimits) {
        member("lossPerDay", ifAny: limits.lossPerDay)
        member("openExposure", ifAny: limits.openExposure)
        member("openContracts", ifAny: limits.openContracts)
    }

    mutating func members(_ profile: AccountProfile) {
        member("broker", profile.broker.text)
        member("loginId", profile.loginID.text)
        member("currency", profile.currency.code)
        member("virtual", profile.isVirtual)
    }
}

extension Account.Line {
    var name: String {
        switch self {
        case .down: "down"
        case .catchingUp: "catching_up"
        case .up: "up"
        case .refused: "refused"
        }
    }
}
