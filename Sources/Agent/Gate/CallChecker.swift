import JSON
import Schema

/// Validates calls against the catalogue before the gate.
public struct CallChecker: Sendable {
    private let schemas: [ByteString: CompiledSchema]
    /// Why tools that the catalogue was to have cannot be called.
    private let setAside: [ByteString: String]

    /// A checker of the catalogue's calls.
    /// - Parameters:
    ///   - catalogue: The tools that can be called.
    ///   - notes: What became of tools whose definitions could not be used.
    /// - Throws: ``CatalogueError`` for a schema that cannot be used, or a name that is given twice.
    public init(catalogue: [ToolDefinition], notes: [CatalogueNote] = []) throws {
        setAside = Dictionary(
            notes.filter { $0.kind == .setAside }.map { (ByteString($0.tool), $0.reason) },
            uniquingKeysWith: { first, _ in first })
        var schemas: [ByteString: CompiledSchema] = [:]
        for tool in catalogue {
            let schema: CompiledSchema
            do {
                schema = try CompiledSchema(tool.parameters)
            } catch {
                throw CatalogueError("tool \(tool.name): \(error)")
            }
            if schemas.updateValue(schema, forKey: ByteString(tool.name)) != nil {
                throw CatalogueError("tool \(tool.name) is in the catalogue twice; rename one")
            }
        }
        self.schemas = schemas
    }

    /// What is wrong with a call's name and arguments; nothing for a call that may run.
    public func problems(name: String, arguments: ByteString) -> [CallProblem] {
        guard let schema = schemas[ByteString(name)] else {
            if let reason = setAside[ByteString(name)] {
                let message = "the tool \(name) was set aside and cannot be called: \(reason)"
                return [CallProblem(kind: .unknownTool, message: message)]
            }
            let known = schemas.keys.map(\.text).sorted().joined(separator: ", ")
            return [CallProblem(kind: .unknownTool, message: "no tool is named \(name); there are \(known)")]
        }
        let value: JSONValue
        switch CallChecker.reading(arguments) {
        case .value(let read): value = read
        case .problem(let problem): return [problem]
        }
        return schema.validate(value).map { violation in
            let pointer = violation.instancePointer
            let place = pointer.tokens.isEmpty ? "the arguments" : pointer.description
            return CallProblem(kind: .invalid, pointer: pointer, message: "\(place): \(violation.message)")
        }
    }

    /// What is wrong with a call whose tool may be another's than the catalogue's.
    ///
    /// Whoever has that tool answers for its name and its schema; what nobody can read for certain is wrong all the same.
    public func problemsIfKnown(name: String, arguments: ByteString) -> [CallProblem] {
        if schemas[ByteString(name)] != nil || setAside[ByteString(name)] != nil {
            return problems(name: name, arguments: arguments)
        }
        return [CallChecker.problem(reading: arguments)].compactMap(\.self)
    }

    /// Why not every reader finds the same in these arguments, whatever the tool; `nil` where all do.
    public static func problem(reading arguments: ByteString) -> CallProblem? {
        if case .problem(let problem) = reading(arguments) { problem } else { nil }
    }

    private enum Reading {
        case value(JSONValue)
        case problem(CallProblem)
    }

    private static func reading(_ arguments: ByteString) -> Reading {
        let value: JSONValue
        do {
            value = try JSONParser.parse(arguments.text)
        } catch {
            return .problem(CallProblem(kind: .malformed, message: "the arguments are no JSON: \(error)"))
        }
        guard let pointer = value.firstDuplicateKey else { return .value(value) }
        let message = "the key at \(pointer) is given twice; which of them a tool reads is its own affair"
        return .problem(CallProblem(kind: .malformed, pointer: pointer, message: message))
    }
}

extension CallChecker {
    /// Why a call cannot run with these arguments instead of its own; `nil` when it can.
    func objection(
        toEditing record: CallRecord, arguments: ByteString, policy: Policy, in state: RunState
    ) -> String? {
        if let problem = problems(name: record.call.name, arguments: arguments).first {
            return "the edited call cannot run: \(problem.message)"
        }
        let ruling = policy.ruling(for: record.asking(arguments), in: state)
        return ruling.effect == .deny ? "the edited call cannot run: \(ruling.summary)" : nil
    }
}

extension RunState {
    /// Why a call cannot run with these arguments instead of its own, by the session's own catalogue and rules.
    public func objection(toEditing record: CallRecord, arguments: ByteString) -> String? {
        guard let header else { return "the session has not begun" }
        do {
            return try CallChecker(catalogue: header.catalogue, notes: header.catalogueNotes).objection(
                toEditing: record, arguments: arguments,
                policy: Policy(rules: header.policy.rules + addedRules, fallback: header.policy.fallback),
                in: self)
        } catch {
            return "\(error)"
        }
    }
}

/// A catalogue that cannot be used.
public struct CatalogueError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the tool, the place in its schema and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension CallProblem {
    private static let mostTold = 20

    /// What the model reads when a call is refused for these problems.
    static func refusal(_ problems: [CallProblem]) -> String {
        let rest = problems.count - mostTold
        let reasons =
            problems.prefix(mostTold).map(\.message).joined(separator: "; ")
            + (rest > 0 ? "; and \(rest) more" : "")
        switch problems.first?.kind {
        case .invalid: return "the arguments do not match the schema: \(reasons)"
        default: return reasons
        }
    }
}

extension JSONValue {
    /// The place of the first key that an object of this value has twice.
    fileprivate var firstDuplicateKey: JSONPointer? {
        switch self {
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                if let inner = element.firstDuplicateKey {
                    return JSONPointer([String(index)] + inner.tokens)
                }
            }
        case .object(let object):
            if let key = object.duplicateKeys.first { return JSONPointer([key]) }
            for member in object {
                if let inner = member.value.firstDuplicateKey {
                    return JSONPointer([member.key] + inner.tokens)
                }
            }
        default: break
        }
        return nil
    }
}
