import JSON

/// The part of the loop that takes a round's calls through the gate.
extension Loop {
    /// Judges, decides, runs and delivers the calls of the current round.
    /// - Returns: how the run ended, where a decision or a fault ended it.
    func runCalls() async throws -> RunOutcome? {
        for record in state.roundCalls where record.status == .proposed && record.ruling == nil {
            try judge(record)
            try leaveAtBreakpoint()
        }
        var isWaiting = false
        while true {
            // What runs is waited for, so that no call is left in doubt.
            if running.isEmpty { try leaveAtBreakpoint() }
            if let outcome = try decideAutomatically() { return outcome }
            watchClocks()
            try startApproved()
            if hit != nil, running.isEmpty { continue }
            if hit == nil, state.roundCalls.allSatisfy(\.isResolved),
                control.mayPass(.results(round: state.round))
            {
                try deliver()
                if isWaiting { control.report(.running) }
                return nil
            }
            let waits = !state.waitingCalls.isEmpty && running.isEmpty
            // Where the results are held, that has been said already.
            if waits != isWaiting, !state.roundCalls.allSatisfy(\.isResolved) {
                control.report(waits ? .waiting : .running)
            }
            isWaiting = waits
            let input = await control.nextInput()
            try Task.checkCancellation()
            if let input, let outcome = try handle(input) { return outcome }
        }
    }

    private func judge(_ record: CallRecord) throws {
        let problems = checker.problems(name: record.call.name, arguments: record.call.arguments)
        try emit(
            .callJudged(
                record.key, problems: problems, ruling: ruling(for: record)))
    }

    private func ruling(for record: CallRecord) -> Ruling {
        byHandRuling(policy.ruling(for: record, in: state), for: record)
    }

    func byHandRuling(_ ruling: Ruling, for record: CallRecord) -> Ruling {
        guard ruling.effect == .allow, runner.isByHand(record.call.name) else { return ruling }
        // A rule can let a call run, but here nothing can.
        return Ruling(
            effect: .ask, rule: ruling.rule, reason: "\(record.call.name) has no body: a person answers it")
    }

    /// Decides what needs no person: what the rules settle, and without a person everything.
    private func decideAutomatically() throws -> RunOutcome? {
        if approval != .person, let doubtful = state.roundCalls.first(where: { $0.status == .unknown }) {
            return .policy(
                "call \(doubtful.key.id) of \(doubtful.call.name) had begun when the session broke off; "
                    + "a person must decide whether it runs again")
        }
        for record in state.roundCalls where record.decision == nil && hit == nil {
            guard let ruling = record.ruling else { continue }
            switch (ruling.effect, approval) {
            case (.deny, _):
                try emit(
                    .decided(record.key, .deny(reason: ruling.reason), by: .rule(ruling.rule ?? "default")))
            case (_, .none): try emit(.decided(record.key, .deny(reason: nil), by: .option("--approve none")))
            case (.ask, .person): continue
            case _ where !record.problems.isEmpty:
                let problem = CallProblem.refusal(record.problems)
                try emit(.decided(record.key, .refuse(problem: problem), by: .validation))
            case _ where approval == .all && runner.isByHand(record.call.name):
                let problem = "\(record.call.name) is answered by a person, and nobody is there"
                try emit(.decided(record.key, .refuse(problem: problem), by: .option("--approve all")))
            case (.allow, _): try emit(.decided(record.key, .approve, by: .rule(ruling.rule ?? "default")))
            case (.ask, .all): try emit(.decided(record.key, .approve, by: .option("--approve all")))
            case (.ask, .policyOnly):
                return .policy(
                    "call \(record.key.id) of \(record.call.name) needs a person: \(ruling.summary)")
            }
        }
        return nil
    }

    private func startApproved() throws {
        for record in state.roundCalls
        where record.status == .approved && running.count < header.limits.parallelCalls && hit == nil {
            if record.decider?.isPerson != true, !control.mayPass(.call(record.key)) { return }
            let arguments = record.effectiveArguments
            // Checked once more on the very bytes that run: nothing between the gate and here may have changed them.
            guard checker.problems(name: record.call.name, arguments: arguments).isEmpty,
                let value = try? JSONParser.parse(arguments.text)
            else {
                throw GateError(
                    description: "call \(record.key.id) was approved with arguments that cannot run")
            }
            try emit(.callStarted(record.key, arguments: arguments))
            running[record.key] = runner.start(record, arguments: value, control: control)
        }
    }

    /// Sends the results to the conversation, in the order in which the model asked.
    private func deliver() throws {
        // After a crash between two of them the first ones are in the conversation already.
        for record in state.roundCalls where record.message == nil {
            guard let message = record.pendingMessage else {
                throw GateError(
                    description: "call \(record.key.id) of \(record.call.name) has no result to deliver")
            }
            try emit(.toolMessage(record.key, content: message.content, isError: message.isError))
            try leaveAtBreakpoint()
        }
    }

    func handle(_ input: LoopInput) throws -> RunOutcome? {
        switch input {
        case .command(.decide(let decision)): return try handle(decision)
        case .command(.cancel(let key, let canceller)):
            guard running[key] != nil else {
                control.refuse("call \(key.id) is not running")
                return nil
            }
            try giveUp(key, .cancelled, "cancelled by \(canceller.summary)")
        case .command(.editResult(let key, let content)):
            guard let record = state.call(key), record.isResolved, record.message == nil else {
                control.refuse("call \(key.id) has no result that the model has not read yet")
                return nil
            }
            try emit(.resultEdited(key, content: content))
        case .undecided(let key):
            guard let record = state.call(key), record.needsDecision, let seconds = clocks[key]?.seconds
            else {
                return nil
            }
            let reason = "nobody decided within \(seconds) seconds"
            try emit(.decided(key, .deny(reason: reason), by: .timeout(seconds: seconds)))
        case .command(.addRule(let rule, let shown)): try add(rule, deciding: shown)
        case .timedOut(let key):
            let seconds = runner.seconds(for: state.call(key)?.call.name ?? "")
            try giveUp(key, .timedOut, "the tool did not answer within \(seconds) seconds.")
        case .ended(let key, let result):
            if let call = running.removeValue(forKey: key) {
                call.deadline?.cancel()
                try emit(.callFinished(key, result))
                if result.ending == .mispaired { return .failed(result.content) }
            } else if result.ending != .cancelled {
                try emit(.callLate(key, result))
            }
        }
        return nil
    }

    func giveUp(_ key: CallKey, _ ending: CallResult.Ending, _ content: String) throws {
        guard let call = running.removeValue(forKey: key) else { return }
        call.cancel()
        let milliseconds = call.milliseconds
        try emit(.callFinished(key, CallResult(ending: ending, content: content, milliseconds: milliseconds)))
    }

    private func handle(_ bound: BoundDecision) throws -> RunOutcome? {
        if let reason = objection(to: bound) {
            control.refuse(reason)
            return nil
        }
        try emit(.decided(bound.key, bound.decision, by: bound.decider))
        guard bound.stopsRun else { return nil }
        for key in Array(running.keys) { try giveUp(key, .cancelled, "the run was stopped") }
        return .stopped("stopped by \(bound.decider.summary) at call \(bound.key.id) of \(bound.name)")
    }

    /// Why a decision cannot be taken; `nil` when it can.
    private func objection(to bound: BoundDecision) -> String? {
        guard let record = state.call(bound.key) else { return "there is no call \(bound.key)" }
        guard record.needsDecision else {
            return "call \(bound.key.id) does not wait: it is \(record.status.rawValue)"
        }
        guard record.call.arguments == bound.arguments, ByteString(record.call.name) == ByteString(bound.name)
        else {
            return "call \(bound.key.id) is not what was shown when it was decided; look at it again"
        }
        switch bound.decision {
        case .deny, .respond, .refuse: return nil
        case .approve:
            if record.status == .unknown, let ran = record.ranArguments, ran != record.call.arguments {
                return
                    "call \(bound.key.id) had begun with edited arguments; edit it again to say which run now"
            }
            guard let problem = record.problems.first else { return byHandObjection(record) }
            return "it cannot run: \(problem.message); edit its arguments or deny it"
        case .edit(let arguments, _):
            return checker.objection(
                toEditing: record, arguments: arguments, policy: policy, in: state)
                ?? byHandObjection(record)
        }
    }

    private func byHandObjection(_ record: CallRecord) -> String? {
        guard runner.isByHand(record.call.name) else { return nil }
        return "\(record.call.name) has no body that could run; answer in its place (r) or deny it"
    }
}

/// The gate found its own rules broken; the run ends rather than go on.
struct GateError: Error, CustomStringConvertible {
    let description: String
}
