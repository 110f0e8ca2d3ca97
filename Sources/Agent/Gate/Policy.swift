import JSON
import Schema

/// What a rule does with the calls that it matches.
public enum Effect: String, Sendable, Hashable, CaseIterable {
    /// The call never runs.
    case deny
    /// A person decides.
    case ask
    /// The call runs without asking.
    case allow
}

/// One rule of a policy: which calls, and what becomes of them.
public struct Rule: Sendable, Hashable {
    /// The name by which the screen and the journal refer to the rule.
    public var name: String
    /// What becomes of a matching call.
    public var effect: Effect
    /// The tools, as a pattern in which `*` stands for any run of characters.
    public var tool: String
    /// Conditions on arguments; all must hold.
    public var arguments: [ArgumentCondition]
    /// A condition on the call, where its values come from and what ran before; it must hold too.
    public var condition: Filter?
    /// Why, in words; a denial tells the model.
    public var reason: String?

    /// A rule of the given parts.
    public init(
        name: String, effect: Effect, tool: String, arguments: [ArgumentCondition] = [],
        condition: Filter? = nil, reason: String? = nil
    ) {
        self.name = name
        self.effect = effect
        self.tool = tool
        self.arguments = arguments
        self.condition = condition
        self.reason = reason
    }
}

/// A condition on the argument at one place.
public struct ArgumentCondition: Sendable, Hashable {
    /// Where in the arguments.
    public var pointer: JSONPointer
    /// A regular expression (ECMA-262) that a string's text, or another value's compact JSON, must contain a match of.
    public var pattern: ECMAPattern

    /// A condition of the given parts.
    public init(pointer: JSONPointer, pattern: ECMAPattern) {
        self.pointer = pointer
        self.pattern = pattern
    }

    /// Whether it holds for `arguments`; a place that does not exist holds nothing.
    ///
    /// A pattern that cannot be decided within its step budget counts as `undecided`.
    /// Of a number spelled otherwise than plainly, and of keys that some tools take for the place's, one reading
    /// suffices for the stricter side; the other needs all spellings, and one key.
    func holds(for arguments: JSONValue, isStrict: Bool) -> Bool {
        let found = ArgumentReadings(of: arguments, at: pointer)
        if found.doubt != nil, !isStrict { return false }
        if found.isCut, isStrict { return true }
        let texts = found.values.flatMap { $0.readings(asDoubles: isStrict) }
        let matches = texts.map { (try? pattern.matches($0)) ?? isStrict }
        return isStrict ? matches.contains(true) : !matches.isEmpty && matches.allSatisfy { $0 }
    }
}

extension Rule {
    /// One line: `no mail: deny notify_user when ~taint result, because …`.
    public var sentence: String {
        let conditions = arguments.map { " when \($0.pointer) matches \($0.pattern.source)" }.joined()
        return "\(name): \(effect.rawValue) \(tool)\(conditions)" + (condition.map { " when \($0)" } ?? "")
            + (reason.map { ", because \($0)" } ?? "")
    }

    /// Whether the rule speaks of changed definitions, so that it may allow their calls.
    fileprivate var asksForChanges: Bool { condition?.looksAtChanges ?? false }

    /// Whether the rule is about that call; what cannot be decided counts for the stricter side.
    fileprivate func matches(_ record: CallRecord, arguments: JSONValue?, in state: RunState) -> Bool {
        let isStrict = effect != .allow
        let names = isStrict ? ToolNameReadings.all(of: record.call.name) : [record.call.name]
        let pattern = isStrict ? ToolNameReadings.folded(tool) : tool
        let isNamed = names.contains { Policy.glob(tool, matches: $0) || Policy.glob(pattern, matches: $0) }
        guard isNamed else { return false }
        for condition in self.arguments {
            let holds = arguments.map { condition.holds(for: $0, isStrict: isStrict) } ?? isStrict
            if !holds { return false }
        }
        guard let condition else { return true }
        return condition.evaluate(record, in: state, reach: isStrict ? .wide : .narrow) ?? isStrict
    }
}

/// The rules that stand before a person at the gate.
public struct Policy: Sendable, Hashable {
    /// The rules in the order written.
    public var rules: [Rule]
    /// What becomes of a call that no rule matches.
    public var fallback: Effect
    /// The seconds after which a call that nobody has decided is denied; `nil` waits for ever.
    public var approvalTimeout: Int?

    /// A policy of the given rules; without any, every call asks.
    public init(rules: [Rule] = [], fallback: Effect = .ask, approvalTimeout: Int? = nil) {
        self.rules = rules
        self.fallback = fallback
        self.approvalTimeout = approvalTimeout
    }

    /// What the policy says of a call: the first match of the strictest kind, `deny` before `ask` before `allow`.
    ///
    /// Arguments that could not be read, and conditions that cannot be decided, satisfy `deny` and `ask` rules and
    /// never an `allow` rule: what cannot be parsed is never allowed. Of a command that has parts, a `deny` or `ask`
    /// rule matches when one part does, an `allow` rule only when every part does.
    ///
    /// - Parameter state: the session up to the call.
    public func ruling(for record: CallRecord, in state: RunState) -> Ruling {
        let arguments = try? JSONParser.parse(record.call.arguments.text)
        for effect in [Effect.deny, .ask, .allow] {
            let match = rules.first { rule in
                rule.effect == effect && rule.matches(record, arguments: arguments, in: state)
            }
            guard let match else { continue }
            if effect == .allow, arguments == nil { break }
            // What was allowed is the tool that somebody knew.
            if effect == .allow, let drift = state.drift(of: record), !match.asksForChanges {
                return Ruling(effect: .ask, rule: nil, reason: drift.summary)
            }
            return Ruling(effect: effect, rule: match.name, reason: match.reason)
        }
        let drift = state.drift(of: record)
        let effect = (arguments == nil || drift != nil) && fallback == .allow ? .ask : fallback
        if let drift, effect == .ask { return Ruling(effect: effect, rule: nil, reason: drift.summary) }
        return Ruling(
            effect: effect, rule: nil, reason: effect == .allow ? nil : doubt(of: record, in: state))
    }

    /// Why no rule on commands could allow the call, where it has a command that is not certain.
    private func doubt(of record: CallRecord, in state: RunState) -> String? {
        let couldAllow = rules.contains { rule in
            rule.effect == .allow && rule.condition?.looksAtCommands ?? false
                && Policy.glob(rule.tool, matches: record.call.name)
        }
        guard couldAllow else { return nil }
        return state.shellDoubt(of: record).map { "no rule can allow it: \($0)" }
    }

    /// What the policy decides of a call that waits for a person already, without asking one; `nil` where it still waits.
    ///
    /// A call in doubt, or with arguments that cannot run, is a person's whatever the rules say.
    /// - Parameter state: the session as it stands.
    public func settlement(of record: CallRecord, in state: RunState) -> Ruling? {
        guard record.status == .waiting else { return nil }
        let ruling = ruling(for: record, in: state)
        switch ruling.effect {
        case .ask: return nil
        case .allow: return record.problems.isEmpty && ruling.rule != nil ? ruling : nil
        case .deny: return ruling.rule != nil ? ruling : nil
        }
    }

    /// Whether `pattern`, in which `*` stands for any bytes, matches the whole of `text`.
    public static func glob(_ pattern: String, matches text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var (at, position) = (0, 0)
        var retry: (at: Int, position: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                retry = (at + 1, position)
                at += 1
            } else if at < pattern.count, pattern[at] == text[position] {
                at += 1
                position += 1
            } else if let last = retry {
                retry = (last.at, last.position + 1)
                (at, position) = (last.at, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// What the policy says of one call, and which rule said so.
public struct Ruling: Sendable, Hashable {
    /// What becomes of the call.
    public var effect: Effect
    /// The rule that decided; `nil` where none matched and the policy's default applies.
    public var rule: String?
    /// The rule's reason.
    public var reason: String?

    /// A ruling of the given parts.
    public init(effect: Effect, rule: String?, reason: String?) {
        self.effect = effect
        self.rule = rule
        self.reason = reason
    }

    /// One line: `ask (rule writes: changes data)`.
    public var summary: String {
        guard let rule else { return "\(effect.rawValue) (\(reason ?? "no rule matches"))" }
        return "\(effect.rawValue) (rule \(rule)\(reason.map { ": \($0)" } ?? ""))"
    }
}
