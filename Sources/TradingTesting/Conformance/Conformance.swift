/// What a check found to be otherwise than promised. The suites throw it instead of using a testing library, so that
/// whatever links this target stays free of one.
public struct ConformanceFailure: Error, CustomStringConvertible {
    public let description: String
}

func expect(_ holds: Bool, _ promise: @autoclosure () -> String) throws {
    if !holds { throw ConformanceFailure(description: "not so: \(promise())") }
}

func expectEqual<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) throws {
    if found != expected { throw ConformanceFailure(description: "\(what): \(found), expected \(expected)") }
}

func expectThrows<Failure: Error>(_ type: Failure.Type, _ what: String, _ body: () throws -> Void) throws {
    do { try body() } catch is Failure { return } catch { throw ConformanceFailure(description: "\(what): threw \(error), expected \(type)") }
    throw ConformanceFailure(description: "\(what): threw nothing, expected \(type)")
}
