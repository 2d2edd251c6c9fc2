import Foundation
public import TradingModel

/// Time-zone data of the system, made into the engine's tables: the one place that reads it.
public enum ZoneCalendars {
    /// Nil when the system knows no such zone. The table reaches from ten years back to forty ahead.
    public static func calendar(_ zone: Label, around now: Timestamp) -> TradingCalendar? {
        if zone == TradingCalendar.utc.zone { return .utc }
        // The system's list of names leaves out some that it knows, Asia/Kolkata among them; what is no place, as GMT+3, is none of ours.
        guard zone.text.contains(/^[A-Za-z_]+(\/[A-Za-z0-9_+\-]+){1,2}$/), let system = TimeZone(identifier: zone.text) else { return nil }
        func date(_ moment: Timestamp) -> Date { Date(timeIntervalSince1970: Double(moment.seconds)) }
        var at = date(now.adding(seconds: -10 * 365 * 86_400)), end = date(now.adding(seconds: 40 * 365 * 86_400))
        var rules = [TradingCalendar.Rule(from: Timestamp(milliseconds: .min), offsetSeconds: Int32(system.secondsFromGMT(for: at)))]
        while let next = system.nextDaylightSavingTimeTransition(after: at), next < end, next > at {
            rules.append(.init(from: Timestamp(seconds: Int64(next.timeIntervalSince1970)), offsetSeconds: Int32(system.secondsFromGMT(for: next))))
            at = next
        }
        end = at
        return TradingCalendar(zone: zone, rules: rules)
    }
}
