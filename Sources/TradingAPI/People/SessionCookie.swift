// The cookie of whoever is logged in.

import Hummingbird
import TradingModel

enum SessionCookie {
    /// With the prefix a browser takes it only by https, for this host and whole. Without TLS, on this machine alone, there is a plain one.
    static func name(_ configuration: APIConfiguration) -> String { configuration.isSecure ? "__Host-sid" : "sid" }

    /// What the request's cookie says; nil when there is none, or two.
    static func value(_ headers: HTTPFields, _ configuration: APIConfiguration) -> String? {
        let prefix = name(configuration) + "="
        var found: Substring?
        for line in headers[values: .cookie] {
            for part in line.split(separator: ";") {
                let pair = part.drop { $0 == " " }
                guard pair.hasPrefix(prefix) else { continue }
                if found != nil { return nil }
                found = pair.dropFirst(prefix.count)
            }
        }
        guard let found, found.utf8.count == 64 else { return nil }
        return String(found)
    }

    static func set(_ value: Secret, _ configuration: APIConfiguration) -> String { value.reveal { line($0, configuration) } }

    static func forget(_ configuration: APIConfiguration) -> String { line("", configuration) + "; Max-Age=0" }

    private static func line(_ value: String, _ configuration: APIConfiguration) -> String {
        "\(name(configuration))=\(value); Path=/; HttpOnly; SameSite=Strict" + (configuration.isSecure ? "; Secure" : "")
    }
}
