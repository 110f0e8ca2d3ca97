import Agent
import JSON

extension CallKey {
    var journalMembers: [(String, JSONValue?)] { [("round", .int(round)), ("id", .string(id.text))] }

    init(_ fields: inout Fields) throws {
        self.init(round: try fields("round").int(), id: ToolCallID(try fields("id").string()))
    }
}

extension CallProblem {
    var json: JSONValue {
        .record([
            "kind": .string(kind.rawValue), "at": pointer.map { .string($0.description) },
            "message": .string(message),
        ])
    }

    init(_ field: Field) throws {
        self = try field.object { fields in
            CallProblem(
                kind: try fields("kind").word(
                    Kind.self, known: [.unknownTool, .malformed, .invalid, .pairing]),
                pointer: try fields.optional("at")?.pointer(), message: try fields("message").string())
        }
    }
}

extension Ruling {
    var json: JSONValue {
        .record([
            "effect": .string(effect.rawValue), "rule": rule.map { .string($0) },
            "reason": reason.map { .string($0) },
        ])
    }

    init(_ field: Field) throws {
        self = try field.object { fields in
            Ruling(
                effect: try fields("effect").word(Effect.self, known: Effect.allCases),
                rule: try fields.optional("rule")?.string(), reason: try fields.optional("reason")?.string())
        }
    }
}

extension Decision {
    var journalMembers: [(String, JSONValue?)] {
        let rest: [(String, JSONValue?)] =
            switch self {
            case .approve: []
            case .edit(let arguments, let mode):
                [("arguments", .string(arguments.text)), ("mode", .string(mode.rawValue))]
            case .deny(let reason): [("reason", reason.map { .string($0) })]
            case .respond(let content): [("content", .string(content))]
            case .refuse(let problem): [("problem", .string(problem))]
            }
        return [("decision", .string(name))] + rest
    }

    init(_ fields: inout Fields) throws {
        let name = try fields("decision")
        switch try name.string() {
        case "approve": self = .approve
        case "edit":
            self = .edit(
                arguments: ByteString(try fields("arguments").string()),
                mode: try fields("mode").word(EditMode.self, known: EditMode.allCases))
        case "deny": self = .deny(reason: try fields.optional("reason")?.string())
        case "respond": self = .respond(content: try fields("content").string())
        case "refuse": self = .refuse(problem: try fields("problem").string())
        case let other: throw name.fault("\"\(other)\" is none of approve, edit, deny, respond, refuse")
        }
    }
}

extension Decider {
    /// `"person"`, `"validation"`, `{"user": NAME, "uid": NUMBER}`, `{"timeout": SECONDS}`, `{"rule": NAME}` or
    /// `{"option": OPTION}`.
    var json: JSONValue {
        switch self {
        case .person: "person"
        case .validation: "validation"
        case .user(let name, let id): ["user": .string(name), "uid": .int(Int(id))]
        case .timeout(let seconds): ["timeout": .int(seconds)]
        case .rule(let name): ["rule": .string(name)]
        case .option(let option): ["option": .string(option)]
        }
    }

    init(_ field: Field) throws {
        switch field.value.stringValue {
        case "person": self = .person
        case "validation": self = .validation
        case let other?:
            throw field.fault("\"\(other)\" is none of person, validation, {\"rule\"}, {\"option\"}")
        case nil:
            self = try field.object { fields in
                if let rule = fields.optional("rule") { return .rule(try rule.string()) }
                if let seconds = fields.optional("timeout") { return .timeout(seconds: try seconds.int()) }
                if let user = fields.optional("user") {
                    let id = try fields("uid")
                    guard let number = UInt32(exactly: try id.unsigned()) else {
                        throw id.fault("a user's number is below 2^32")
                    }
                    return .user(name: try user.string(), id: number)
                }
                return .option(try fields("option").string())
            }
        }
    }
}

extension CallResult {
    var journalMembers: [(String, JSONValue?)] {
        [
            ("ending", .string(ending.rawValue)), ("content", .string(content)),
            ("ms", .double(milliseconds)),
            ("problems", problems.isEmpty ? nil : .array(problems.map { .string($0) })),
        ]
    }

    init(_ fields: inout Fields) throws {
        self.init(
            ending: try fields("ending").word(
                Ending.self, known: [.completed, .failed, .timedOut, .cancelled, .oversized, .mispaired]),
            content: try fields("content").string(), milliseconds: try fields("ms").double(),
            problems: try fields.optional("problems")?.list { try $0.string() } ?? [])
    }
}

extension RunOutcome {
    var journalMembers: [(String, JSONValue?)] { [("outcome", .string(name)), ("text", .string(text))] }

    init(_ fields: inout Fields) throws {
        let name = try fields("outcome")
        let text = try fields("text").string()
        switch try name.string() {
        case "answered": self = .answered(text)
        case "limit": self = .limit(text)
        case "stopped": self = .stopped(text)
        case "policy": self = .policy(text)
        case "failed": self = .failed(text)
        case let other: throw name.fault("\"\(other)\" is none of answered, limit, stopped, policy, failed")
        }
    }
}
