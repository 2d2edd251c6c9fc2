// Names by which this server may be asked. A page of somebody else whose name was made to lead here asks by that name, and is told no.

/// `Host` headers that are taken, whatever their port.
struct HostNames: Sendable {
    private let names: Set<String>

    init(_ names: [String]) { self.names = Set(names.map { $0.lowercased() }) }

    /// True without a header: a browser always sends one.
    func contains(_ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty else { return true }
        return names.contains(HostNames.name(authority))
    }

    /// Without the port, in small letters; an address of IPv6 without its brackets.
    private static func name(_ authority: String) -> String {
        let text = authority.lowercased()
        if text.hasPrefix("[") { return String(text.dropFirst().prefix { $0 != "]" }) }
        return String(text.prefix { $0 != ":" })
    }
}
