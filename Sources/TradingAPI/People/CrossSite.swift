// A browser sends its cookie with what other sites make it send. Three things keep that out: the cookie is for requests of the same site only;
// the browser says where a request comes from; and a header that no form can set makes it ask first, which nobody allows.

import HTTPTypes
import Hummingbird

enum CrossSite {
    private static let site = HTTPField.Name("Sec-Fetch-Site")!
    private static let requestedBy = HTTPField.Name("X-Requested-By")!

    /// Of a request that may change something and is let in by its cookie.
    static func check(_ request: APIRequest, _ configuration: APIConfiguration) throws(Problem) {
        guard request.headers[requestedBy] == "dashboard" else {
            throw Problem(.crossSite, "expected X-Requested-By: dashboard with a cookie", field: "X-Requested-By")
        }
        if let site = request.headers[site] {
            guard site == "same-origin" else { throw Problem(.crossSite, field: "Sec-Fetch-Site") }
        } else {
            let own = request.authority.map { (configuration.isSecure ? "https://" : "http://") + $0.lowercased() }
            guard let origin = request.headers[.origin], origin.lowercased() == own else {
                throw Problem(.crossSite, "expected Sec-Fetch-Site: same-origin, or Origin of this server", field: "Origin")
            }
        }
    }

    /// Of one that anybody may send: what a browser says of it must not be that another site made it. Programs say nothing.
    static func checkOpen(_ request: APIRequest) throws(Problem) {
        if let site = request.headers[site], site != "same-origin", site != "none" { throw Problem(.crossSite, field: "Sec-Fetch-Site") }
    }
}
