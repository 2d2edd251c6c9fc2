import PlainJSON
import TradingModel

/// Which part of a report is asked for.
struct PageSpan {
    let limit: Int
    let offset: Int
    private let from: Timestamp?
    private let to: Timestamp?

    /// `limit` is what a request without one gets; `cap` the most anyone gets.
    init(_ request: Request, limit: Int, cap: Int) {
        let wanted = request.value["limit"]?.number.map { $0.mantissa / JSONNumber.powerOfTen($0.scale) } ?? Int64(limit)
        self.limit = Int(min(wanted, Int64(cap)))
        offset = Int(clamping: request.value["offset"]?.integer ?? 0)
        from = request.value["date_from"].flatMap { PageSpan.moment($0, endOfDay: false) }
        to = request.value["date_to"].flatMap { PageSpan.moment($0, endOfDay: true) }
    }

    /// Both ends count.
    func covers(_ time: Timestamp) -> Bool {
        if let from, time.seconds < from.seconds { return false }
        if let to, time.seconds > to.seconds { return false }
        return true
    }

    /// An epoch as number or text, or a day; as an end, a day means its last second.
    private static func moment(_ value: JSONValue, endOfDay: Bool) -> Timestamp? {
        if let epoch = value.integer ?? value.string.flatMap({ Int64($0) }) { return Timestamp(seconds: epoch) }
        let parts = (value.string ?? "").split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, let day = TradingDay(year: parts[0], month: parts[1], day: parts[2]) else { return nil }
        return Timestamp(seconds: Int64(day.daysSince1970) * 86_400 + (endOfDay ? 86_399 : 0))
    }
}
