// What all the owner's accounts together may have at risk: the limits above the accounts' and the sessions' own.

import PlainJSON
import TradingEngine
import TradingModel
import TradingPorts

enum Limits {
    static func get(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return try await shown(call)
    }

    /// What is lowered acts at once; what is raised may have to wait. 0 and absent are off. Amounts are in one currency and count the accounts of that currency.
    static func set(_ call: Call) async throws -> Reply {
        _ = try call.parameters([])
        let fields = try call.fields(ExposureLimits.names.union(["currency"]))
        let currencies = try await call.reads.accounts(call.owner).map(\.profile.currency)
        try await call.perform(.setOwnerLimits(call.owner, ExposureLimits(fields, currency(fields, currencies)), by: call.by))
        return try await shown(call)
    }

    /// The currency that is named, which must be an account's; without one, that of all accounts.
    private static func currency(_ fields: Fields, _ currencies: [Currency]) throws(Problem) -> Currency {
        let known = currencies.enumerated().filter { !currencies[..<$0.offset].contains($0.element) }.map(\.element)
        let codes = known.map(\.code).joined(separator: ", ")
        if let field = fields["currency"].ifGiven {
            guard let code = field.value?.string, let currency = known.first(where: { $0.code == code }) else {
                throw field.wrong(known.isEmpty ? "the currency of an account; there is no account yet" : "a currency of your accounts: \(codes)")
            }
            return currency
        }
        if known.count <= 1 { return known.first ?? .usd }
        throw Problem(.missingField, "currency is missing; expected a currency of your accounts: \(codes)", field: "currency")
    }

    private static func shown(_ call: Call) async throws -> Reply {
        let limits = try await call.reads.limits(call.owner), pending = try await call.promise().raises(of: { $0 == .ownerLimits })
        return .json { json in
            json.object { json in
                json.member("currency", ifAny: (limits.lossPerDay ?? limits.openExposure)?.currency.code)
                json.members(limits)
                json.pending(pending)
            }
        }
    }
}

extension ExposureLimits {
    static let names: Set<String> = ["lossPerDay", "openExposure", "openContracts"]

    /// 0 and absent are off.
    init(_ fields: Fields, _ currency: Currency) throws(Problem) {
        func money(_ name: String) throws(Problem) -> Money? {
            guard let money = try fields[name].ifGiven?.money(currency, atLeast: 0), money.isPositive else { return nil }
            return money
        }
        self.init(
            lossPerDay: try money("lossPerDay"), openExposure: try money("openExposure"),
            openContracts: try fields["openContracts"].ifGiven?.integer(0...10_000).unlessZero.map { Int32($0) })
    }
}
