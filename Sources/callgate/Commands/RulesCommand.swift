import Agent
import ArgumentParser
import Foundation
import JSON
import Sessions
import Terminal
import Workflows

/// `callgate rules …`: the policy of a workflow without a run.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Look at the rules of a workflow.", subcommands: [Try.self])

    /// `callgate rules try RULES SESSIONS`.
    struct Try: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what rules would have done in saved sessions; nothing runs.",
            discussion: """
                RULES is a workflow file; one with nothing but a policy will do. Each call is printed with the rule that \
                decides it, the rule's condition and where the values come from.

                  would leak            denied, edited or answered by hand then, and now
                                        allowed without anybody asked
                  would be stopped      ran then, and denied now
                  refused all the same  allowed, and never run: its arguments are no
                                        JSON, break the schema, or have a key twice

                Example:
                  callgate rules try new-rules.yaml sessions/

                Exit codes: 0 nothing would leak, 1 something would, 2 usage.
                """)

        @Argument(help: "The workflow file with the policy.")
        var rules: String

        @Argument(help: "Journals, or folders of them.")
        var sessions: [String]

        @Flag(help: "Print only calls that would leak or be stopped, and the sums.")
        var quiet = false

        func run() throws {
            let policy = try failing(.usage) {
                try Workflow.parse(try BoundedFile.text(rules), file: rules).policy
            }
            var matches: [String: Int] = [:]
            var (calls, leaks, stops) = (0, 0, 0)
            for path in try SessionFiles.expand(sessions) {
                for verdict in try RuleTrials.verdicts(of: policy, in: path) {
                    calls += 1
                    matches[verdict.ruling.rule ?? "", default: 0] += 1
                    leaks += verdict.wouldLeak ? 1 : 0
                    stops += verdict.wouldBeStopped ? 1 : 0
                    if !quiet || verdict.wouldLeak || verdict.wouldBeStopped {
                        for line in lines(of: verdict, path) { print(SafeText(line).plain) }
                    }
                }
            }
            printSums(policy, matches)
            print("\(calls) calls, \(leaks) would leak, \(stops) would be stopped")
            if leaks > 0 { throw ExitCode(1) }
        }

        private func lines(of verdict: RuleTrial.Verdict, _ path: String) -> [String] {
            let record = verdict.record
            var lines = [
                "\(path):\(verdict.step): \(record.call.id) \(record.call.name) \(record.call.arguments.text)",
                "    \(verdict.ruling.summary)",
            ]
            if let refusal = verdict.refusal { lines.append("    refused all the same: \(refusal)") }
            if let condition = verdict.condition {
                lines.append("    when \(condition)")
                lines += verdict.provenance.compactMap { argument in
                    argument.summary.map { "    \(argument.pointer) \($0)" }
                }
            }
            let then =
                record.decision.map { "\($0.name) by \(record.decider?.summary ?? "nobody")" } ?? "undecided"
            if verdict.wouldLeak { lines.append("    WOULD LEAK: then \(then)") }
            if verdict.wouldBeStopped { lines.append("    would be stopped: then \(then), and it ran") }
            return lines
        }

        private func printSums(_ policy: Policy, _ matches: [String: Int]) {
            print("")
            for rule in policy.rules {
                let count = matches[rule.name] ?? 0
                print(
                    SafeText(
                        "\(rule.effect.rawValue) \(rule.name): \(count == 0 ? "never matched" : "\(count)")"
                    ).plain)
            }
            if let count = matches[""] { print("\(policy.fallback.rawValue) by default: \(count)") }
        }
    }
}
