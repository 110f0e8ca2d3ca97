import Agent
import JSON

extension Workflow {
    /// The text of a workflow file with one more rule in its policy; every other byte of it stays, comments included.
    ///
    /// The rule comes last of its kind. What was written is read back: the text is given only where the workflow is the
    /// same but for that rule.
    /// - Throws: ``WorkflowError`` for a text that is no workflow, ``RuleInsertionError`` where its policy is written in
    ///   a way that cannot be added to.
    public static func adding(_ rule: Rule, to text: String, file: String) throws -> String {
        let before = try Workflow.parse(text, file: file)
        guard !before.policy.rules.contains(where: { $0.name.utf8.elementsEqual(rule.name.utf8) }) else {
            throw RuleInsertionError(
                "\(file) has a rule named \(rule.name) already; give this one another name")
        }
        let entry = RuleEntry(rule)
        let isFlow = text.unicodeScalars.first { !$0.properties.isWhitespace } == "{"
        let added =
            isFlow ? FlowPolicy(text).adding(entry) : BlockPolicy(text).adding(entry)
        let refusal = RuleInsertionError(
            "the policy of \(file) is written in a way that no rule can be put into by itself; write under "
                + "policy, \(rule.effect.rawValue): \(entry.flow)")
        guard let added, let after = try? Workflow.parse(added, file: file) else { throw refusal }
        var rest = after
        rest.policy.rules.removeAll { $0.name.utf8.elementsEqual(rule.name.utf8) }
        guard rest == before, after.policy.rules.contains(rule) else { throw refusal }
        return added
    }
}

/// Why a rule cannot be written into a workflow file.
public struct RuleInsertionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: why, and what to write by hand.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// A rule as it stands in a list of a workflow file; texts are quoted as JSON does, which YAML reads too.
private struct RuleEntry {
    let effect: String
    private let members: [(key: String, value: String)]

    init(_ rule: Rule) {
        effect = rule.effect.rawValue
        var members = [("name", JSONValue.string(rule.name))]
        if rule.tool != "*" { members.append(("tool", .string(rule.tool))) }
        if let condition = rule.condition { members.append(("when", .string(condition.source))) }
        if let reason = rule.reason { members.append(("reason", .string(reason))) }
        self.members = members.map { ($0.0, $0.1.text()) }
    }

    /// In braces, on one line.
    var flow: String { "{" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}" }

    /// One member a line, after a dash.
    func block(indent: Int) -> [String] {
        members.enumerated().map { index, member in
            String(repeating: " ", count: indent) + (index == 0 ? "- " : "  ")
                + "\(member.key): \(member.value)"
        }
    }
}

/// The policy of a YAML file whose top level is a block mapping.
private struct BlockPolicy {
    private let lines: [String]

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    func adding(_ entry: RuleEntry) -> String? {
        guard let start = lines.firstIndex(where: { key(of: $0)?.name == "policy" && indent(of: $0) == 0 })
        else { return appending(["policy:", "  \(entry.effect):"] + entry.block(indent: 4)) }
        guard rest(of: start).isEmpty else { return addingToFlow(entry, from: start) }
        let body = body(of: start)
        guard let first = body.first(where: { isContent(lines[$0]) }) else { return nil }
        let depth = indent(of: lines[first])
        let list = body.first { key(of: lines[$0])?.name == entry.effect && indent(of: lines[$0]) == depth }
        let pad = String(repeating: " ", count: depth)
        guard let list else {
            return inserting(["\(pad)\(entry.effect):"] + entry.block(indent: depth + 2), afterLastOf: body)
        }
        guard rest(of: list).isEmpty else { return addingToFlow(entry, from: list) }
        let items = body.filter { $0 > list }.prefix { line in
            guard isContent(lines[line]) else { return true }
            let indent = indent(of: lines[line])
            return indent > depth || indent == depth && lines[line].dropFirst(depth).hasPrefix("-")
        }
        guard let item = items.first(where: { isContent(lines[$0]) }) else {
            return inserting(entry.block(indent: depth + 2), afterLastOf: [list])
        }
        return inserting(entry.block(indent: indent(of: lines[item])), afterLastOf: Array(items))
    }

    /// Adds to a list or a mapping in brackets that begins on that line.
    private func addingToFlow(_ entry: RuleEntry, from line: Int) -> String? {
        let before = lines[..<line].reduce(0) { $0 + $1.utf8.count + 1 }
        let text = lines.joined(separator: "\n")
        let bytes = Array(text.utf8)
        guard let open = bytes[before...].firstIndex(where: { $0 == 0x5B || $0 == 0x7B }) else { return nil }
        return FlowPolicy(text).adding(entry, at: open)
    }

    private func inserting(_ new: [String], afterLastOf range: [Int]) -> String? {
        guard let last = range.last(where: { isContent(lines[$0]) }) else { return nil }
        return (lines[...last] + new + lines[(last + 1)...]).joined(separator: "\n")
    }

    private func appending(_ new: [String]) -> String {
        let kept = lines.last == "" ? lines.dropLast() : lines[...]
        return (kept + new).joined(separator: "\n") + "\n"
    }

    /// The lines below a key, up to the next one at its depth.
    private func body(of start: Int) -> [Int] {
        let depth = indent(of: lines[start])
        return Array(
            lines.indices.dropFirst(start + 1).prefix {
                !isContent(lines[$0]) || indent(of: lines[$0]) > depth
            })
    }

    private func indent(of line: String) -> Int { line.prefix { $0 == " " }.count }

    /// Whether a line says something: it is neither blank nor a comment.
    private func isContent(_ line: String) -> Bool {
        let first = line.first { $0 != " " && $0 != "\t" && $0 != "\r" }
        return first != nil && first != "#"
    }

    private func key(of line: String) -> (name: String, end: String.Index)? {
        let body = line.drop { $0 == " " }
        guard let colon = body.firstIndex(of: ":") else { return nil }
        let name = body[..<colon].filter { $0 != "\"" && $0 != "'" }
        return (String(name), body.index(after: colon))
    }

    /// What stands after a key on its line, a comment left out.
    private func rest(of line: Int) -> String {
        guard let end = key(of: lines[line])?.end else { return "" }
        let rest = lines[line][end...].drop { $0 == " " || $0 == "\t" || $0 == "\r" }
        return rest.hasPrefix("#") ? "" : String(rest)
    }
}

/// A mapping in braces, as JSON and the flow style of YAML have it.
private struct FlowPolicy {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Adds to the policy of a document in braces.
    func adding(_ entry: RuleEntry) -> String? {
        guard let root = bytes.firstIndex(of: 0x7B) else { return nil }
        guard let policy = members(at: root)?.first(where: { $0.key == "policy" }) else {
            return inserting("\"policy\": {\"\(entry.effect)\": [\(entry.flow)]}", intoContainerAt: root)
        }
        return bytes[policy.value] == 0x7B ? adding(entry, at: policy.value) : nil
    }

    /// Adds to the policy that begins with that brace, or to the list that begins with that bracket.
    func adding(_ entry: RuleEntry, at open: Int) -> String? {
        if bytes[open] == 0x5B { return inserting(entry.flow, intoContainerAt: open) }
        guard let list = members(at: open)?.first(where: { $0.key == entry.effect }) else {
            return inserting("\"\(entry.effect)\": [\(entry.flow)]", intoContainerAt: open)
        }
        return bytes[list.value] == 0x5B ? inserting(entry.flow, intoContainerAt: list.value) : nil
    }

    /// Puts a text after the last element of a container.
    private func inserting(_ text: String, intoContainerAt open: Int) -> String? {
        guard let close = close(of: open) else { return nil }
        let white: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        guard let last = bytes[open..<close].lastIndex(where: { !white.contains($0) }) else { return nil }
        let isFirst = last == open || bytes[last] == UInt8(ascii: ",")
        let new = Array(((isFirst ? "" : ", ") + text).utf8)
        return String(decoding: bytes[...last] + new + bytes[(last + 1)...], as: UTF8.self)
    }

    /// The position of the bracket that closes the one at `open`.
    private func close(of open: Int) -> Int? {
        var depth = 0
        var index = open
        while index < bytes.count {
            switch bytes[index] {
            case 0x5B, 0x7B: depth += 1
            case 0x5D, 0x7D:
                depth -= 1
                if depth == 0 { return index }
            case 0x22, 0x27: index = endOfQuotes(from: index)
            case 0x23 where index > 0 && [0x20, 0x0A].contains(bytes[index - 1]): return nil
            default: break
            }
            index += 1
        }
        return nil
    }

    /// The keys of a mapping, and where the value of each begins.
    private func members(at open: Int) -> [(key: String, value: Int)]? {
        guard let end = close(of: open) else { return nil }
        var found: [(String, Int)] = []
        var index = open + 1
        var key: [UInt8] = []
        while index < end {
            switch bytes[index] {
            case 0x5B, 0x7B: index = close(of: index) ?? end
            case 0x22, 0x27:
                let last = endOfQuotes(from: index)
                key = Array(bytes[(index + 1)..<max(index + 1, min(last, end))])
                index = last
            case 0x2C: key = []
            case 0x3A:
                let value = bytes[(index + 1)..<end].firstIndex { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
                guard let value else { return nil }
                found.append((String(decoding: key, as: UTF8.self), value))
                index = value - 1
                // What follows up to the comma is the value.
                key = []
                if ![0x5B, 0x7B, 0x22, 0x27].contains(bytes[value]) {
                    index = (bytes[value..<end].firstIndex(of: 0x2C) ?? end) - 1
                } else if bytes[value] == 0x22 || bytes[value] == 0x27 {
                    index = endOfQuotes(from: value)
                }
            case 0x20, 0x0A, 0x0D, 0x09: break
            default: key.append(bytes[index])
            }
            index += 1
        }
        return found
    }

    private func endOfQuotes(from start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != bytes[start] {
            if bytes[start] == 0x22, bytes[index] == 0x5C { index += 1 }
            index += 1
        }
        return index
    }
}
