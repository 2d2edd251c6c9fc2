import TradingModel

/// Time zones of runs, as tables: with daylight saving that begins and ends at midnight, half hours, and far from UTC.
enum SimulatedZones {
    struct Place: Sendable { let calendar: TradingCalendar, around: Timestamp }

    private static func rules(_ zone: String, _ rules: [(String, Int32)]) -> TradingCalendar {
        TradingCalendar(
            zone: Label(zone)!, rules: rules.map { .init(from: $0.0.isEmpty ? Timestamp(milliseconds: .min) : Timestamp(iso8601: $0.0)!, offsetSeconds: $0.1) })
    }

    /// Transitions as the time-zone database has them.
    static let saoPaulo = rules(
        "America/Sao_Paulo",
        [
            ("", -7_200), ("2018-02-18T02:00:00Z", -10_800), ("2018-11-04T03:00:00Z", -7_200), ("2019-02-17T02:00:00Z", -10_800),
        ])
    static let kolkata = rules("Asia/Kolkata", [("", 19_800)])
    static let newYork = rules("America/New_York", [("", -14_400), ("2026-11-01T06:00:00Z", -18_000)])
    static let lordHowe = rules("Australia/Lord_Howe", [("", 37_800), ("2026-10-03T15:30:00Z", 39_600)])
    static let kiritimati = rules("Pacific/Kiritimati", [("", 50_400)])

    static let all: [Place] = [
        Place(calendar: .utc, around: Timestamp(iso8601: "2026-11-22T12:00:00Z")!),
        // The night in which an hour comes twice, and the one whose midnight does not exist.
        Place(calendar: saoPaulo, around: Timestamp(iso8601: "2018-02-17T15:00:00Z")!),
        Place(calendar: saoPaulo, around: Timestamp(iso8601: "2018-11-03T15:00:00Z")!),
        Place(calendar: kolkata, around: Timestamp(iso8601: "2026-11-22T12:00:00Z")!),
        Place(calendar: newYork, around: Timestamp(iso8601: "2026-10-31T18:00:00Z")!),
        Place(calendar: lordHowe, around: Timestamp(iso8601: "2026-10-03T03:00:00Z")!),
        Place(calendar: kiritimati, around: Timestamp(iso8601: "2026-11-22T12:00:00Z")!),
    ]
}
