// The built-in strategies, for choosing one.

import PlainJSON
import Strategies
import TradingModel

enum StrategyList {
    static func list(_ call: Call) async throws -> Reply {
        try call.nothingElse()
        return .page(StrategyCatalog.all, next: nil) { json, strategy in
            json.object { json in
                json.member("name", strategy.name.text)
                json.member("purpose", strategy.purpose)
                json.memberArray("parameters") { json in
                    for parameter in strategy.parameters {
                        json.object { json in
                            json.member("name", parameter.name.text)
                            json.member("purpose", parameter.purpose)
                            json.member("least", parameter.range.lowerBound)
                            json.member("most", parameter.range.upperBound)
                            json.member("default", parameter.defaultValue)
                        }
                    }
                }
            }
        }
    }
}
