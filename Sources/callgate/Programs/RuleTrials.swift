import Agent
import Debugger
import Foundation
import JSON
import Sessions
import Workflows

/// Holding rules against saved sessions: one engine for `callgate rules try` and for the screen.
enum RuleTrials {
    /// What a policy says of the calls of one journal.
    /// - Throws: ``Failure`` for a file that is no journal.
    static func verdicts(of policy: Policy, in path: String) throws -> [RuleTrial.Verdict] {
        var trial = RuleTrial(policy)
        try SessionFiles.read(path) { trial.add($0, in: $1) }
        return trial.verdicts
    }

    /// The journals beside a session, without it.
    static func sessions(beside journal: String) -> (folder: String, files: [String]) {
        let url = URL(fileURLWithPath: journal).standardizedFileURL
        let folder = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let files = names.filter { $0.hasSuffix(".jsonl") && $0 != url.lastPathComponent }.sorted()
        let shown = (journal as NSString).deletingLastPathComponent
        return (shown.isEmpty ? "." : shown, files.map { shown.isEmpty ? $0 : "\(shown)/\($0)" })
    }
}

/// The workflow file that a rule of the screen goes into.
struct RuleTarget {
    /// The file that the run was started with; `nil` for the demo's, and in a replay.
    let workflow: String?
    /// The name of the session's workflow.
    let name: String
    /// The journal of the session.
    let journal: String

    /// What the rule would do in the sessions beside this one, and to the file.
    ///
    /// - Parameters:
    ///   - rule: gets another name where the file has a rule of its name.
    ///   - chosen: the file that the person named.
    ///   - policy: the rules in force.
    func report(on rule: Rule, file chosen: String?, policy: Policy) -> RuleReport {
        let (path, text, note) = text(chosen)
        var rule = rule
        let taken = (try? Workflow.parse(text, file: path))?.policy.rules.map(\.name) ?? []
        let stem = rule.name
        var number = 2
        while taken.contains(rule.name) {
            rule.name = "\(stem)-\(number)"
            number += 1
        }
        var (after, objection): (String, String?) = ("", nil)
        do { after = try Workflow.adding(rule, to: text, file: path) } catch { objection = "\(error)" }
        var all = policy
        all.rules.append(rule)
        let (folder, files) = RuleTrials.sessions(beside: journal)
        let sessions = files.compactMap { path -> RuleReport.Session? in
            guard let verdicts = try? RuleTrials.verdicts(of: all, in: path) else { return nil }
            return RuleReport.Session(
                path: path, calls: verdicts.count, matches: verdicts.filter { $0.ruling.rule == rule.name })
        }
        return RuleReport(
            rule: rule, policy: policy, folder: folder, sessions: sessions, file: path, before: text,
            after: after, note: note, objection: objection)
    }

    /// Writes the file; what stands there meanwhile is not lost: a changed file is refused.
    /// - Throws: ``Failure`` with the line for the person.
    func write(_ text: String, with rule: Rule, to path: String) throws {
        let (_, current, _) = self.text(path)
        guard (try? Workflow.adding(rule, to: current, file: path)) == text else {
            throw Failure(.usage, "\(path) has changed since the rule was shown; press A again")
        }
        try FileOutput.replace(text, path: path)
    }

    private func text(_ chosen: String?) -> (path: String, text: String, note: String?) {
        let path = chosen ?? workflow ?? "\(name.replacingScalars { $0 == "/" ? "-" : nil }).yaml"
        if let text = try? BoundedFile.text(path) { return (path, text, nil) }
        if workflow == nil, let demo = try? DemoFiles.workflow(),
            let text = try? BoundedFile.text(demo),
            (try? Workflow.parse(text, file: demo))?.name == name
        {
            return (
                path, text,
                "The demo's workflow comes with the program and is not changed: \(path) will be a copy of it with "
                    + "the rule. Start the next run with: callgate run \(path)"
            )
        }
        return (path, "", "\(path) is not there yet; it will hold the rule alone, for callgate rules try.")
    }
}
