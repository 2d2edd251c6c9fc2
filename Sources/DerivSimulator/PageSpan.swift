import PlainJSON
import TradingModel

/// Which part of a report is asked for.
struct PageSpan {
    let limit: Int
    let offset: Int
    private let from: Timestamp?
    private let to: Timestamp?

    /// `limit` is what a request without one gets; `cap` the most anyone gets.
    init(_ request: Request, limit: Int, cap: Int) throws(V3Error) {
        let wanted = request.value["limit"]?.number.map { $0.mantissa / JSONNumber.powerOfTen($0.scale) } ?? Int64(limit)
        self.limit = Int(min(wanted, Int64(cap)))
        offset = Int(clamping: request.value["offset"]?.integer ?? 0)
        from = try PageSpan.moment(request, "date_from", endOfDay: false)
        to = try PageSpan.moment(request, "date_to", endOfDay: true)
    }

    /// Both ends count.
    func covers(_ time: Timestamp) -> Bool {
        if let from, time.seconds < from.seconds { return false }
        if let to, time.seconds > to.seconds { return false }
        return true
    }

    /// An epoch as number or text, or a day; as an end, a day means its last second.
    private static func moment(_ request: Request, _ field: String, endOfDay: Bool) throws(V3Error) -> Timestamp? {
        guard let value = request.value[field] else { return nil }
        if let epoch = value.integer ?? value.string.flatMap({ Int64($0) }) { return Timestamp(seconds: epoch) }
        let parts = (value.string ?? "").split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, let day = TradingDay(year: parts[0], month: parts[1], day: parts[2]) else {
            throw V3Error("InputValidationFailed", "Input validation failed: \(field)", details: [(field, "There is no such day.")])
        }
        return Timestamp(seconds: Int64(day.daysSince1970) * 86_400 + (endOfDay ? 86_399 : 0))
    }
}
