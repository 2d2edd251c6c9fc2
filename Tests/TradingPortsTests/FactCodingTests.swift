import PlainJSON
import Testing
import TradingEngine
import TradingModel
import TradingPorts

/// What was put on record is read back as it was, today and by every later program.
@Suite struct FactCodingTests {
    private func text(_ event: Fact.Event) -> String { String(decoding: FactCoding.encode(event).body, as: UTF8.self) }

    private func failure(_ kind: String, _ body: String) -> FactCodingError.Reason? {
        do { _ = try FactCoding.decode(kind: kind, body: body.utf8, sequence: 41) } catch {
            #expect(error.sequence == 41)
            #expect(error.kind == kind)
            #expect(error.description.contains("fact 41 of the journal (\(kind))"))
            return error.reason
        }
        return nil
    }

    // MARK: There and back

    @Test(arguments: FactKind.allCases)
    func everyFactComesBackAsItWas(_ kind: FactKind) throws {
        let examples = FactExamples.examples(of: kind)
        #expect(!examples.isEmpty)
        for example in examples {
            let (word, body) = FactCoding.encode(example)
            #expect(word == kind.rawValue)
            #expect(try FactCoding.decode(kind: word, body: body, sequence: 1) == example)
            #expect(try JSONValue.parse(body)["v"]?.integer == 1)
        }
    }

    @Test func columnsOfAStoreComeBackAsTheyWere() throws {
        for plan in [FactExamples.plan, FactExamples.barePlan] { #expect(try FactCodingParts.plan(FactCodingParts.text(plan)) == plan) }
        for limits in [FactExamples.limits, .none] { #expect(try FactCodingParts.exposureLimits(FactCodingParts.text(limits)) == limits) }
        for refusal in FactExamples.refusals { #expect(try FactCodingParts.refusal(FactCodingParts.text(refusal)) == refusal) }
        for cause in FactExamples.pauses { #expect(try FactCodingParts.pauseCause(FactCodingParts.text(cause)) == cause) }
        #expect(throws: FactPartError(part: "plan", reason: "criteria: expected an object")) { try FactCodingParts.plan("{}") }
        #expect(throws: FactPartError.self) { try FactCodingParts.refusal("not JSON") }
    }

    // MARK: Golden texts. They are in journals out there: a change here is a new version, not a new text.

    @Test func goldenFacts() {
        #expect(text(.lookUpAsked) == #"{"v":1}"#)
        #expect(text(.lookUpEnded(walkedTo: TransactionID(rawValue: 81))) == #"{"v":1,"walked_to":81}"#)
        #expect(text(.lineUp(balance: FactExamples.usd(100_000), newest: nil)) == #"{"v":1,"balance":{"units":100000,"currency":"USD","exponent":2}}"#)
        #expect(
            text(.signalAccepted(FactExamples.signal)) == """
                {"v":1,"signal":"0123456789abcdeffedcba9876543210","owner":1,"session":7,"source":"api","strategy":"crossover","symbol":"1HZ100V",\
                "kind":"even","duration":"2m","issued_at":1795342530250,"valid_until":1795342590250}
                """)
        #expect(text(.signalAccepted(FactExamples.ofATick)).hasSuffix(#""valid_until":1795342590250,"tick_at":1795342529000}"#))
        #expect(
            text(.buyIntended(FactExamples.intent(.ticks(5)))) == """
                {"v":1,"intent":"7.0123456789abcdeffedcba9876543210","account":3,"symbol":"1HZ100V","kind":"rise","duration":"5t",\
                "stake":{"units":1000,"currency":"USD","exponent":2},"at":1795342530250,"day":20779}
                """)
        #expect(
            text(
                .settled(
                    FactExamples.id,
                    Settlement(
                        contract: ContractID(rawValue: 12), transaction: FactExamples.transaction, payout: FactExamples.usd(1_950),
                        settledAt: FactExamples.at), balance: FactExamples.usd(100_950))) == """
                    {"v":1,"intent":"7.0123456789abcdeffedcba9876543210","settlement":{"contract":12,"transaction":987654321,\
                    "payout":{"units":1950,"currency":"USD","exponent":2},"at":1795342530250},"balance":{"units":100950,"currency":"USD","exponent":2}}
                    """)
        #expect(
            text(.signalRefused(FactExamples.id.signal, Refusal(.balanceTooLow, .init(-1, against: 35, .money(.usd)), waitingHelps: true), waits: false)) == """
                {"v":1,"signal":"0123456789abcdeffedcba9876543210","refusal":{"code":"balance_too_low","waiting_helps":true,\
                "compared":{"value":-1,"limit":35,"unit":"money","currency":"USD","exponent":2}},"waits":false}
                """)
        #expect(
            text(.paused(.limitOfTheDay(.tradesPerDayReached), by: FactExamples.person))
                == #"{"v":1,"cause":"limit_of_the_day","code":"trades_per_day_reached","by":"person"}"#)
        #expect(
            text(.sessionCreated(FactExamples.plan, by: FactExamples.person)) == """
                {"v":1,"plan":{"name":"every member","criteria":{"symbols":["R_10","1HZ100V"],"sources":["api"],"strategies":["crossover","even_odd"]},\
                "strategies":[{"name":"crossover","parameters":[{"name":"fast","value":9},{"name":"odd one","value":"-9223372036854775808"}]},\
                {"name":"even_odd","parameters":[]}],"stake":{"fixed":{"units":1000,"currency":"USD","exponent":2}},\
                "limits":{"trades_per_day":20,"loss_per_day":{"units":5000,"currency":"USD","exponent":2},\
                "greatest_stake":{"units":1500,"currency":"USD","exponent":2},"risk_per_trade_basis_points":100,"drawdown_basis_points":1000,\
                "losses_in_a_row":5},"duration":"365d","open_contracts":100,"zone":"Europe/Berlin","least_payout_basis_points":19000},"by":"person"}
                """)
    }

    @Test func goldenRaises() {
        func raise(_ change: Raise.Change) -> String {
            text(
                .raiseRequested(Raise(id: 7, change: change, requestedAt: FactExamples.at, dueAt: FactExamples.at.adding(seconds: 60), by: FactExamples.person))
            )
        }
        let end = #""requested_at":1795342530250,"due_at":1795342590250,"by":"person"}"#
        #expect(raise(.promise(seconds: 5)) == #"{"v":1,"raise":7,"change":"promise_lock","seconds":5,"# + end)
        #expect(
            raise(.accountLimits(AccountID(rawValue: 3), ExposureLimits(openContracts: 2)))
                == #"{"v":1,"raise":7,"change":"account_limits","account":3,"limits":{"open_contracts":2},"# + end)
        #expect(raise(.acceptDrawdown(SessionID(rawValue: 9))) == #"{"v":1,"raise":7,"change":"accept_drawdown","session":9,"# + end)
        #expect(raise(.liftEmergencyStop) == #"{"v":1,"raise":7,"change":"emergency_stop_lift","# + end)
        #expect(failure("raise_requested", #"{"v":1,"raise":7,"change":"hope"}"#) == .member("change", expected: "what is raised"))
        #expect(text(.promiseLockSet(seconds: 60, by: FactExamples.person)) == #"{"v":1,"seconds":60,"by":"person"}"#)
        #expect(text(.raiseTakenBack(7, by: FactExamples.person)) == #"{"v":1,"raise":7,"by":"person"}"#)
    }

    @Test func goldenStopsAndResolutions() {
        #expect(text(.operatorsStopped(reason: "a storm", by: FactExamples.person)) == #"{"v":1,"reason":"a storm","by":"person"}"#)
        #expect(text(.operatorsStopLifted(by: FactExamples.person)) == #"{"v":1,"by":"person"}"#)
        let intent = #"{"v":1,"intent":"7.0123456789abcdeffedcba9876543210""#
        #expect(
            text(.doubtResolved(FactExamples.id, contract: ContractID(rawValue: 12), by: FactExamples.person)) == intent + #","contract":12,"by":"person"}"#)
        #expect(text(.doubtResolved(FactExamples.id, contract: nil, by: FactExamples.person)) == intent + #","by":"person"}"#)
        #expect(failure("operators_stopped", #"{"v":1,"by":"x"}"#) == .member("reason", expected: "text"))
    }

    @Test func goldenKinds() {
        #expect(
            FactKind.allCases.map(\.rawValue).joined(separator: " ") == """
                emergency_stopped emergency_stop_lifted owner_limits_set signal_accepted signal_cancelled promise_lock_set raise_requested raise_taken_back operators_stopped operators_stop_lifted account_added account_removed \
                account_limits_set real_trading_set line_up line_down login_refused circuit_opened circuit_closed balance_reported look_up_asked look_up_ended \
                outside_trade_seen session_created session_starting session_started plan_changed session_paused session_resumed session_stopping session_stopped session_failed \
                day_opened signal_refused signal_expired refusals_counted quote_asked buy_intended buy_unsent buy_confirmed buy_rejected buy_in_doubt \
                doubt_looked_into buy_ambiguous doubt_resolved buy_abandoned reservation_released contract_adopted settled settlement_corrected settlement_overdue previous_session_imported previous_signal_imported \
                previous_trade_imported account_confirmed review_accepted
                """)
    }

    // MARK: What cannot be read

    @Test func whatANewerProgramWroteIsRefused() {
        #expect(failure("buy_dreamt", #"{"v":1}"#) == .unknownKind)
        #expect(failure("look_up_asked", #"{"v":2}"#) == .unknownVersion(2))
        #expect(failure("look_up_asked", "{}") == .unknownVersion(nil))
        #expect(failure("look_up_asked", #"{"v":"1"}"#) == .unknownVersion(nil))
        #expect(failure("look_up_asked", "[]") == .unknownVersion(nil))
        #expect(failure("look_up_asked", #"{"v":1}"#) == nil)
    }

    @Test(arguments: ["", "{", #"{"v":1"#, #"{"v":1} x"#, #"{"v":1,"v":1}"#, "\u{0}"])
    func whatIsNotJSONIsRefused(_ body: String) {
        guard case .notJSON = failure("look_up_asked", body) else { Issue.record("\(body) was read"); return }
    }

    @Test func theMemberThatIsWrongIsNamed() {
        #expect(failure("session_stopped", #"{"v":1}"#) == .member("by", expected: "a label"))
        #expect(failure("session_stopped", #"{"v":1,"by":7}"#) == .member("by", expected: "a label"))
        #expect(failure("session_stopped", #"{"v":1,"by":" "}"#) == .member("by", expected: "a label"))
        #expect(failure("line_up", #"{"v":1,"balance":{"units":1.5,"currency":"USD","exponent":2}}"#) == .member("balance.units", expected: "a whole number"))
        #expect(
            failure("line_up", #"{"v":1,"balance":{"units":1,"currency":"usd","exponent":2}}"#)
                == .member("balance.currency", expected: "a currency and its exponent"))
        #expect(
            failure("line_up", #"{"v":1,"balance":{"units":1,"currency":"USD","exponent":99}}"#)
                == .member("balance.currency", expected: "a currency and its exponent"))
        #expect(
            failure("line_up", #"{"v":1,"balance":{"units":1,"currency":"USD","exponent":2},"newest":null}"#) == .member("newest", expected: "a whole number"))
        #expect(failure("buy_unsent", #"{"v":1,"intent":"7.xyz"}"#) == .member("intent", expected: "an intent id"))
        #expect(failure("session_paused", #"{"v":1,"cause":"limit","by":"x"}"#) == .member("code", expected: "the code of a refusal"))
        #expect(failure("session_paused", #"{"v":1,"cause":"boredom","by":"x"}"#) == .member("cause", expected: "the cause of a pause"))
        #expect(
            failure("buy_ambiguous", #"{"v":1,"intent":"7.0123456789abcdeffedcba9876543210","candidates":[1,"x"]}"#)
                == .member("candidates", expected: "a list of objects"))
        #expect(failure("day_opened", #"{"v":1,"day":99999999999,"from":1}"#) == .member("day", expected: "a whole number of 32 bits"))
    }

    /// Whatever byte is changed, the answer is a fact or an error, never a trap.
    @Test func damageIsAnErrorAndNeverATrap() {
        for example in FactExamples.all {
            let (kind, body) = FactCoding.encode(example)
            for index in body.indices {
                for byte: UInt8 in [0x00, 0x22, 0x30, 0x7d, 0xff] {
                    var damaged = body
                    damaged[index] = byte
                    _ = try? FactCoding.decode(kind: kind, body: damaged, sequence: 1)
                }
            }
        }
    }
}
