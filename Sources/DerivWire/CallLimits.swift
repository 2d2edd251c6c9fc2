import PlainJSON

/// How many calls the broker lets one user make, by the groups that it publishes in `website_status`.
public struct CallLimits: Hashable, Sendable {
    public enum Group: Int, Hashable, Sendable, CaseIterable {
        /// All calls that are in no other group.
        case general
        /// `portfolio`, `statement` and `proposal`.
        case outcome
        /// `proposal` and `proposal_open_contract`.
        case pricing
    }

    /// Calls in any minute and in any hour.
    public struct Rate: Hashable, Sendable {
        public var minutely: Int
        public var hourly: Int
        public init(minutely: Int, hourly: Int) { (self.minutely, self.hourly) = (minutely, hourly) }
    }

    public var general: Rate
    public var outcome: Rate
    public var pricing: Rate

    /// What the broker published in 2020: taken for true until it says otherwise.
    public static let published = CallLimits(
        general: Rate(minutely: 180, hourly: 14_400), outcome: Rate(minutely: 25, hourly: 1_500), pricing: Rate(minutely: 80, hourly: 3_600))

    public init(general: Rate, outcome: Rate, pricing: Rate) { (self.general, self.outcome, self.pricing) = (general, outcome, pricing) }

    public subscript(group: Group) -> Rate {
        switch group {
        case .general: general
        case .outcome: outcome
        case .pricing: pricing
        }
    }

    /// As `website_status` tells them; nil unless all three groups can be read. The first key is misspelt at Deriv.
    init?(websiteStatus payload: JSONValue) {
        guard let limits = payload["api_call_limits"], let general = Rate(limits["max_requestes_general"] ?? limits["max_requests_general"]),
            let outcome = Rate(limits["max_requests_outcome"]), let pricing = Rate(limits["max_requests_pricing"])
        else { return nil }
        self.init(general: general, outcome: outcome, pricing: pricing)
    }
}

extension CallLimits.Rate {
    fileprivate init?(_ value: JSONValue?) {
        // A limit of next to nothing is a mistake of somebody's.
        let believable: ClosedRange<Int64> = 10...1_000_000_000
        guard let minutely = value?["minutely"]?.integer, let hourly = value?["hourly"]?.integer, believable.contains(minutely), believable.contains(hourly)
        else { return nil }
        self.init(minutely: Int(minutely), hourly: Int(hourly))
    }
}
