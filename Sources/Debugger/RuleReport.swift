import Agent

/// What a rule that a person wants would have done in the saved sessions, and to the workflow's file.
public struct RuleReport: Sendable {
    /// A saved session in which calls were looked at.
    public struct Session: Sendable {
        /// The journal.
        public let path: String
        /// The number of its calls.
        public let calls: Int
        /// The calls that the rule would decide.
        public let matches: [RuleTrial.Verdict]

        /// A session's part of the report.
        public init(path: String, calls: Int, matches: [RuleTrial.Verdict]) {
            (self.path, self.calls, self.matches) = (path, calls, matches)
        }
    }

    /// The rule.
    public let rule: Rule
    /// The rules in force without it.
    public let policy: Policy
    /// The folder of the saved sessions.
    public let folder: String
    /// The saved sessions, this one left out.
    public let sessions: [Session]
    /// The workflow file that the rule would be written into.
    public let file: String
    /// What stands in the file, or would be copied into it.
    public let before: String
    /// The file with the rule; empty where it cannot be added.
    public let after: String
    /// Something about the file that the person should know.
    public let note: String?
    /// Why the rule cannot be written into the file.
    public let objection: String?

    /// A report of the given parts.
    public init(
        rule: Rule, policy: Policy, folder: String, sessions: [Session], file: String, before: String,
        after: String, note: String?, objection: String?
    ) {
        self.rule = rule
        self.policy = policy
        self.folder = folder
        self.sessions = sessions
        self.file = file
        self.before = before
        self.after = after
        self.note = note
        self.objection = objection
    }
}
