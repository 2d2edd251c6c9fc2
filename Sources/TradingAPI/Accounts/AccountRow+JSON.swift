// An account as JSON.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

extension JSONWriter {
    mutating func value(_ row: AccountRow) {
        object { json in
            json.member("id", row.id.rawValue)
            json.members(row.profile)
            json.member("line", row.line.name)
            json.member("balance", row.balance)
            json.member("reserved", row.reserved)
            json.member("available", row.balance - row.reserved)
            json.member("openExposure", row.openExposure)
            json.member("openContracts", row.openContracts)
            json.member("inDoubt", row.isInDoubt)
            json.member("tokenCompromised", row.isTokenCompromised)
            json.memberObject("limits") { $0.members(row.limits) }
        }
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
