/// Where the broker listens, from a `ws://` or `wss://` URL.
public struct BrokerAddress: Sendable, Hashable {
    public let host: String
    public let port: Int
    /// Path and query, with the app id.
    public let path: String
    public let usesTLS: Bool

    /// Nil unless the text is a WebSocket URL with a host. Plain `ws` is taken for this machine only: a token must not
    /// cross a network in the open.
    public init?(_ url: String, appID: Int) {
        var rest = Substring(url)
        if rest.hasPrefix("wss://") {
            usesTLS = true; rest = rest.dropFirst(6)
        } else if rest.hasPrefix("ws://") {
            usesTLS = false; rest = rest.dropFirst(5)
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        var tail = String(rest.dropFirst(authority.count))
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let host = parts.first, !host.isEmpty, !host.contains("@") else { return nil }
        if parts.count == 2 {
            guard let port = Int(parts[1]), (1...65_535).contains(port) else { return nil }
            self.port = port
        } else {
            port = usesTLS ? 443 : 80
        }
        self.host = String(host)
        if !usesTLS, !["127.0.0.1", "localhost"].contains(self.host) { return nil }
        if tail.isEmpty { tail = "/websockets/v3" }
        path = tail + (tail.contains("?") ? "&" : "?") + "app_id=\(appID)&l=EN&brand="
    }
}
