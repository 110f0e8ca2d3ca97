import Agent
import JSON
import Schema

extension SessionHeader {
    var journalMembers: [(String, JSONValue?)] {
        [
            ("id", .string(id)), ("workflow", .string(workflow)), ("model", model.json),
            ("catalogue", .array(catalogue.map(\.json))),
            ("notes", catalogueNotes.isEmpty ? nil : .array(catalogueNotes.map(\.json))),
            // Written of an attached session too, where they mean nothing: every reader of 1.x asks for them.
            ("sampling", sampling.json), ("limits", limits.json), ("policy", policy.json),
            ("principal", principal.map { .string($0) }),
            ("parent", parent?.json), ("imported", isImported ? true : nil),
            ("attached", isAttached ? true : nil),
        ]
    }

    init(_ fields: inout Fields) throws {
        self.init(
            id: try fields("id").string(), workflow: try fields("workflow").string(),
            model: try ModelInfo(fields("model")),
            catalogue: try fields("catalogue").list(ToolDefinition.init),
            sampling: try SamplingSettings(fields("sampling")), limits: try Limits(fields("limits")),
            policy: try Policy(fields("policy")),
            principal: try fields.optional("principal")?.string(),
            parent: try fields.optional("parent").map(SessionParent.init))
        isAttached = try fields.optional("attached")?.bool() ?? false
        isImported = try fields.optional("imported")?.bool() ?? false
        catalogueNotes = try fields.optional("notes")?.list(CatalogueNote.init) ?? []
    }
}

extension CatalogueNote {
    fileprivate var json: JSONValue {
        .record([
            "tool": .string(tool), "kind": .string(kind.rawValue),
            "at": pointer.map { .string($0.description) }, "reason": .string(reason),
        ])
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            CatalogueNote(
                tool: try fields("tool").string(),
                kind: try fields("kind").word(Kind.self, known: Kind.allCases),
                pointer: try fields.optional("at")?.pointer(), reason: try fields("reason").string())
        }
    }
}

extension SessionParent {
    fileprivate var json: JSONValue {
        .record([
            "session": .string(session), "step": .int(step), "hash": hash.map { .string($0) },
            "seed": seed.flatMap { JSONNumber(text: String($0)) }.map { .number($0) },
            "model": model.map { .string($0) },
            "relation": relation == .fork ? nil : .string(relation.rawValue),
            "call": call.map { .string($0.text) },
        ])
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            SessionParent(
                session: try fields("session").string(), step: try fields("step").int(),
                hash: try fields.optional("hash")?.string(), seed: try fields.optional("seed")?.unsigned(),
                model: try fields.optional("model")?.string(),
                relation: try fields.optional("relation")?.word(Relation.self, known: Relation.allCases)
                    ?? .fork,
                call: try fields.optional("call").map { ToolCallID(try $0.string()) })
        }
    }
}

extension ModelInfo {
    fileprivate var json: JSONValue {
        .record([
            "name": .string(name), "kind": .string(kind), "callFormat": turnStyle?.formatName,
            "turns": turnStyle?.learntTurns,
            "vocabulary": vocabulary?.json,
            "findings": findings.isEmpty ? nil : .array(findings.map { .string($0) }),
        ])
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            var info = ModelInfo(
                name: try fields("name").string(), kind: try fields("kind").string(),
                vocabulary: try fields.optional("vocabulary").map(VocabularyRecord.init),
                turnStyle: try fields.optional("callFormat").map { .builtIn(try $0.string()) })
            info.turnStyle = try fields.optional("turns").map(TurnStyle.init) ?? info.turnStyle
            info.findings = try fields.optional("findings")?.list { try $0.string() } ?? []
            return info
        }
    }
}

extension VocabularyRecord {
    /// Entries by token ID: text, `{"b64": …}`, `{"special": …}`, or `null` for an ID without a token.
    fileprivate var json: JSONValue {
        let entries: [JSONValue] = entries.map { entry in
            switch entry {
            case .bytes(let bytes): .bytes(bytes)
            case .special(let name): ["special": .string(name)]
            case .unused: .null
            }
        }
        return ["end": .array(endTokens.map { .int($0) }), "entries": .array(entries)]
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            let endTokens = try fields("end").list { try $0.int() }
            let entries = try fields("entries").list { field -> Entry in
                if field.value == .null { return .unused }
                guard field.value["special"] != nil else { return .bytes(try field.bytes()) }
                return .special(try field.object { try $0("special").string() })
            }
            return VocabularyRecord(entries: entries, endTokens: endTokens)
        }
    }
}

extension ToolDefinition {
    fileprivate var json: JSONValue {
        .record([
            "name": .string(name), "description": .string(description), "parameters": parameters,
            "shell": shell.map { .string($0) }, "drift": drift?.json,
        ])
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            var definition = ToolDefinition(
                name: try fields("name").string(), description: try fields("description").string(),
                parameters: try fields("parameters").value, shell: try fields.optional("shell")?.string())
            definition.drift = try fields.optional("drift").map(DefinitionDrift.init)
            return definition
        }
    }
}

extension DefinitionDrift {
    fileprivate var json: JSONValue {
        switch self {
        case .unpinned: .object(JSONObject())
        case .changed(let description, let parameters):
            ["description": .string(description), "parameters": parameters]
        }
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            guard let description = try fields.optional("description")?.string() else { return .unpinned }
            return .changed(description: description, parameters: try fields("parameters").value)
        }
    }
}

extension SamplingSettings {
    fileprivate var json: JSONValue {
        .record([
            "temperature": .double(temperature), "topP": .double(topP),
            "seed": JSONNumber(text: String(seed)).map { .number($0) },
            "maskKeys": mask.keys == .any ? nil : .string(mask.keys.rawValue),
            "maskSpaces": mask.spaces == .one ? nil : .string(mask.spaces.rawValue),
            "maskCalls": mask.calls == .auto ? nil : .string(mask.calls.name),
        ])
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            SamplingSettings(
                temperature: try fields("temperature").double(), topP: try fields("topP").double(),
                seed: try fields("seed").unsigned(),
                mask: MaskSettings(
                    keys: try fields.optional("maskKeys")?.word(
                        MaskSettings.Keys.self, known: MaskSettings.Keys.allCases) ?? .any,
                    spaces: try fields.optional("maskSpaces")?.word(
                        MaskSettings.Spaces.self, known: MaskSettings.Spaces.allCases) ?? .one,
                    calls: MaskSettings.Calls(name: try fields.optional("maskCalls")?.string() ?? "auto")))
        }
    }
}

extension EventCodec {
    /// The limits as the journal has them.
    static func text(of limits: Limits) -> String { limits.json.text() }

    /// The policy as the journal has it.
    static func text(of policy: Policy) -> String { policy.json.text() }
}

extension Limits {
    fileprivate var json: JSONValue {
        [
            "rounds": .int(rounds), "tokens": .int(tokens), "responseTokens": .int(responseTokens),
            "seconds": .int(seconds), "toolSeconds": .int(toolSeconds), "resultBytes": .int(resultBytes),
            "parallelCalls": .int(parallelCalls),
        ]
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            Limits(
                rounds: try fields("rounds").int(), tokens: try fields("tokens").int(),
                responseTokens: try fields("responseTokens").int(), seconds: try fields("seconds").int(),
                toolSeconds: try fields("toolSeconds").int(), resultBytes: try fields("resultBytes").int(),
                parallelCalls: try fields("parallelCalls").int())
        }
    }
}

extension Policy {
    fileprivate var json: JSONValue {
        .record([
            "default": .string(fallback.rawValue), "rules": .array(rules.map(\.json)),
            "approvalTimeout": approvalTimeout.map { .int($0) },
        ])
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            Policy(
                rules: try fields("rules").list(Rule.init),
                fallback: try fields("default").word(Effect.self, known: Effect.allCases),
                approvalTimeout: try fields.optional("approvalTimeout")?.int())
        }
    }
}

extension Rule {
    var json: JSONValue {
        .record([
            "name": .string(name), "effect": .string(effect.rawValue), "tool": .string(tool),
            "when": .array(arguments.map(\.json)), "if": condition.map { .string($0.source) },
            "reason": reason.map { .string($0) },
        ])
    }

    init(_ field: Field) throws {
        self = try field.object { fields in
            Rule(
                name: try fields("name").string(),
                effect: try fields("effect").word(Effect.self, known: Effect.allCases),
                tool: try fields("tool").string(), arguments: try fields("when").list(ArgumentCondition.init),
                condition: try fields.optional("if").map { try $0.filter() },
                reason: try fields.optional("reason")?.string())
        }
    }
}

extension ArgumentCondition {
    fileprivate var json: JSONValue {
        ["at": .string(pointer.description), "pattern": .string(pattern.source)]
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            let source = try fields("pattern")
            do {
                return ArgumentCondition(
                    pointer: try fields("at").pointer(), pattern: try ECMAPattern(source.string()))
            } catch let error as FieldError {
                throw error
            } catch {
                throw source.fault("this is no pattern: \(error)")
            }
        }
    }
}

extension Field {
    fileprivate func filter() throws -> Filter {
        do { return try Filter(try string()) } catch let error as FilterError {
            throw fault("this is no filter expression: \(error)")
        }
    }

    func pointer() throws -> JSONPointer {
        guard let pointer = JSONPointer(text: try string()) else { throw fault("this is no JSON Pointer") }
        return pointer
    }
}
