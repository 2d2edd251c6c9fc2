// Addresses of the previous system that only pretended: they opened no account anywhere.

import Hummingbird
import PlainJSON

enum PreviousGone {
    static func accountOpening(_ call: Call) async throws -> Reply {
        .json(.gone) { json in
            json.object { json in
                json.memberObject("error") { $0.member("message", "This never opened an account. Open one with the broker and store its token") }
            }
        }
    }
}
