// What every answer says to browsers: keep nothing, guess nothing, load nothing from elsewhere, be shown in no frame.

import HTTPTypes
import Hummingbird

enum SecureHeaders {
    private static let always: [(HTTPField.Name, String)] = [
        (.cacheControl, "no-store"), (.xContentTypeOptions, "nosniff"), (.contentSecurityPolicy, policy),
        (name("Referrer-Policy"), "no-referrer"), (name("Cross-Origin-Opener-Policy"), "same-origin"),
        (name("Cross-Origin-Resource-Policy"), "same-origin"), (name("X-Frame-Options"), "DENY"),
        (name("Reporting-Endpoints"), "csp=\"\(PolicyReports.path)\""),
        (name("Permissions-Policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "font-src 'self'", "base-uri 'none'",
        "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'", "require-trusted-types-for 'script'",
        // The second for browsers that do not know the first.
        "report-to csp", "report-uri \(PolicyReports.path)",
    ].joined(separator: "; ")

    private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(text)! }

    /// - Parameter isSecure: browsers come by https, and are to come no other way for a year.
    static func add(to headers: inout HTTPFields, isSecure: Bool) {
        for (name, value) in always { headers[name] = value }
        if isSecure { headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains" }
    }
}
