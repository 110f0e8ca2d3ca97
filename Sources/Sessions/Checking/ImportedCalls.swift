import Agent

/// The calls that ran in an imported session, held against a workflow: its rules and its tools.
public enum ImportedCalls {
    /// What the workflow would not have let run, in lines that are safe to print.
    ///
    /// What nobody recorded of the session (policy, limits, decisions) is not judged, and neither are calls that have no
    /// result.
    /// - Throws: ``CatalogueError`` when a tool's schema cannot be used.
    public static func faults(of events: [Event], against header: SessionHeader) throws -> [String] {
        let checker = try CallChecker(catalogue: header.catalogue, notes: header.catalogueNotes)
        var trial = RuleTrial(header.policy)
        var state = RunState()
        for event in events {
            state.apply(event)
            trial.add(event, in: state)
        }
        return trial.verdicts.flatMap { verdict -> [String] in
            let call = verdict.record.call
            guard verdict.record.ranArguments != nil else { return [] }
            let place = "step \(verdict.step), call \(call.id) of \(call.name)"
            var faults = checker.problems(name: call.name, arguments: call.arguments).map {
                "\(place) ran, and the workflow's tools refuse it: \($0.message)"
            }
            if verdict.wouldBeStopped {
                faults.append("\(place) ran, and is denied now: \(verdict.ruling.summary)")
            }
            return faults.map(PlainText.line)
        }
    }
}
