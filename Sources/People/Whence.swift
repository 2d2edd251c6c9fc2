/// Where a request comes from, in the words of who counts it.
public struct Whence: Sendable, Hashable {
    /// As it is written: for the audit log.
    public let address: String
    /// Whom limits of an address count as one: an address of IPv4, a /64 of IPv6.
    public let household: String
    /// Where somebody is taken to be at home: a /24 of IPv4, a /64 of IPv6.
    public let network: String

    public init(address: String, household: String, network: String) {
        (self.address, self.household, self.network) = (address, household, network)
    }
}
