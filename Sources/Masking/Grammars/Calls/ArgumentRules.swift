import ChatTemplates
import JSON
import Schema

/// Makes rules of tools' schemas, for arguments as a template writes them.
///
/// JSON is held to its schema whole. Of what is written key by key, each value is held to its own: kinds, listed values,
/// patterns and lengths of raw text, all of JSON's values within. Keys are those that the schema lists, once each and all that
/// are required, in any order where they are few and else in the schema's.
struct ArgumentRules {
    let spelling: PieceSpelling
    private let options: GrammarOptions
    private(set) var rules: [TextGrammar.Rule] = []
    private var known: [Place: Int] = [:]

    /// A schema written in one of the two styles that can occur in one call.
    private struct Place: Hashable {
        var tool: String
        var pointer: JSONPointer
        var isPython: Bool
        var begin: [CallSyntax.Piece]
    }

    /// What is the same for all of one tool's arguments.
    private struct Context {
        let tool: String
        let parameters: JSONValue
        let style: KeyedArguments
        var isPython = false

        /// The same for what is written as Python writes its own values.
        var inPython: Context {
            Context(tool: tool, parameters: parameters, style: .python, isPython: true)
        }
    }

    /// As many keys come in any order: each more doubles the rules.
    private static let fewKeys = 5
    private static let document = "callgate:arguments"

    init(spelling: PieceSpelling, options: GrammarOptions) {
        self.spelling = spelling
        self.options = options
    }

    mutating func add(_ name: String, _ body: RuleBody) -> Int {
        rules.append(TextGrammar.Rule(name: name, body: body))
        return rules.count - 1
    }

    /// The arguments of a tool.
    /// - Throws: ``GrammarError`` where they cannot be written so.
    mutating func arguments(
        of tool: CallableTool, _ style: CallSyntax.Arguments
    ) throws(GrammarError) -> RuleBody {
        switch style {
        case .json(let isPretty):
            var schema = tool.parameters
            if case .object(var object) = schema, object["type"] == nil {
                object["type"] = "object"
                schema = .object(object)
            }
            var options = options
            if isPretty { options.whiteSpace = .any() }
            return .value(EmbeddedValue(schema: schema, options: options, tool: tool.name))
        case .keyed(let style):
            let schema = ArgumentSchema(root: tool.parameters)
            let context = Context(tool: tool.name, parameters: tool.parameters, style: style)
            var ways: [RuleBody] = []
            if let members = try members(schema, context) {
                ways.append(.sequence([spelling.body(style.begin, name: tool.name), members]))
            }
            if schema.required.isEmpty, let empty = style.empty {
                ways.append(spelling.body(empty, name: tool.name))
            }
            guard !ways.isEmpty else {
                throw .text("the model's template does not show how a call without arguments is written")
            }
            return .choice(ways)
        }
    }

    // MARK: Members

    /// One member or more, separated; `nil` where the schema lists none.
    private mutating func members(
        _ schema: ArgumentSchema, _ context: Context
    ) throws(GrammarError) -> RuleBody? {
        var keys = schema.keys
        if context.style.sortsKeys { keys.sort() }
        let separator = spelling.body(context.style.separator)
        guard !keys.isEmpty else {
            guard schema.value["additionalProperties"] != false else { return nil }
            let one = try freeMember(schema, context)
            return .sequence([one, .repetition(.sequence([separator, one]), least: 0, most: 15)])
        }
        var parts: [RuleBody] = []
        var required: [Bool] = []
        for key in keys {
            guard let inner = schema[key] else { continue }
            let value = try self.value(inner, context, key: key)
            let body = RuleBody.sequence([.text(key), value])
            parts.append(.rule(add("\(context.tool) \(schema.pointer)/properties/\(key)", body)))
            required.append(schema.required.contains(ByteString(key)))
        }
        if options.keyOrder == .any, !context.style.sortsKeys, keys.count <= ArgumentRules.fewKeys {
            return inAnyOrder(parts, required, separator, context)
        }
        return inOrder(parts, required, separator, context)
    }

    private mutating func inOrder(
        _ parts: [RuleBody], _ required: [Bool], _ separator: RuleBody, _ context: Context
    ) -> RuleBody {
        // What may follow a member, by the first of the keys that are left.
        var tails = [RuleBody](repeating: .nothing, count: parts.count + 1)
        for first in parts.indices.reversed() {
            var ways: [RuleBody] = []
            for next in first..<parts.count {
                ways.append(.sequence([parts[next], tails[next + 1]]))
                if required[next] { break }
            }
            let some = RuleBody.rule(add("arguments of \(context.tool)", .choice(ways)))
            if first == 0 { return some }
            let more = RuleBody.sequence([separator, some])
            tails[first] = required[first...].contains(true) ? more : .choice([.nothing, more])
        }
        return .nothing
    }

    private mutating func inAnyOrder(
        _ parts: [RuleBody], _ required: [Bool], _ separator: RuleBody, _ context: Context
    ) -> RuleBody {
        // The rule of a set of keys that were written is what may follow; sets are numbered by their bits.
        let full = (1 << parts.count) - 1
        let needed = parts.indices.reduce(0) { required[$1] ? $0 | 1 << $1 : $0 }
        var following = [RuleBody](repeating: .nothing, count: full + 1)
        for written in (0..<full).reversed() {
            let ways = parts.indices.filter { written & 1 << $0 == 0 }.map { next -> RuleBody in
                .sequence([parts[next], following[written | 1 << next]])
            }
            let some = RuleBody.rule(add("arguments of \(context.tool)", .choice(ways)))
            if written == 0 { return some }
            let more = RuleBody.sequence([separator, some])
            following[written] = written & needed == needed ? .choice([.nothing, more]) : more
        }
        return .nothing
    }

    /// A member of any name, with any value.
    private mutating func freeMember(
        _ schema: ArgumentSchema, _ context: Context
    ) throws(GrammarError) -> RuleBody {
        let letters: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
        let key = RuleBody.terminal(
            Terminal(
                expression: .repetition(.pattern(.set(ScalarSet(letters))), least: 1, most: 64)))
        let usesKey = context.style.affixes.values.contains { ($0.before + $0.after).contains(.key) }
        if usesKey {
            throw .text("the model's template writes no arguments whose names the schema does not list")
        }
        let free = schema["*"] ?? ArgumentSchema(root: .object(JSONObject()))
        let value = try value(free, context, key: "")
        return .rule(add("arguments of \(context.tool)", .sequence([key, value])))
    }

    // MARK: Values

    /// A value with what surrounds it.
    private mutating func value(
        _ schema: ArgumentSchema, _ context: Context, key: String
    ) throws(GrammarError) -> RuleBody {
        var ways: [RuleBody] = []
        func surround(_ kind: ValueKind, _ body: RuleBody) {
            guard let affixes = context.style.affixes[kind] else { return }
            ways.append(
                .sequence([
                    spelling.body(affixes.before, key: key), body, spelling.body(affixes.after, key: key),
                ]))
        }
        if let listed = schema.listed {
            for value in listed {
                guard let text = ArgumentRules.spelled(value, context.style) else { continue }
                surround(ValueKind(value), .text(text))
            }
        } else {
            for kind in ValueKind.allCases where schema.kinds.contains(kind) {
                let after = context.style.affixes[kind]?.after ?? []
                guard
                    let body = try body(kind, schema, context, closer: spelling.leadingText(after, key: key))
                else { continue }
                surround(kind, body)
            }
        }
        guard !ways.isEmpty else {
            throw .text("the model's template has no way to write the value of \(schema.pointer)")
        }
        return .choice(ways)
    }

    /// A listed value's text; `nil` for one that cannot be written.
    private static func spelled(_ value: JSONValue, _ style: KeyedArguments) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let value) where style.wordsArePython: value ? "True" : "False"
        case .null where style.wordsArePython: "None"
        case .number, .bool, .null: value.text()
        case .object: style.objects == .json ? value.text(.spaced) : nil
        case .array: style.arrays == .json ? value.text(.spaced) : nil
        }
    }

    /// A value of one kind; `nil` where the template writes none.
    private mutating func body(
        _ kind: ValueKind, _ schema: ArgumentSchema, _ context: Context, closer: String
    ) throws(GrammarError) -> RuleBody? {
        let style = context.style
        switch kind {
        case .string:
            guard let quotes = style.quotes else {
                return raw(schema, closer: closer, isPython: context.isPython)
            }
            let opening = spelling.leadingText(quotes.before)
            let quoted = RuleBody.sequence([
                spelling.body(quotes.before),
                raw(schema, closer: spelling.leadingText(quotes.after), isPython: false),
                spelling.body(quotes.after),
            ])
            return .choice([raw(schema, closer: closer, isPython: false, without: opening), quoted])
        case .boolean, .null:
            let values: [JSONValue] = kind == .null ? [.null] : [true, false]
            return .choice(values.compactMap { ArgumentRules.spelled($0, style) }.map { .text($0) })
        case .number: return json(kind, schema, context)
        case .object:
            switch style.objects {
            case .json: return json(kind, schema, context)
            case .python:
                return .choice([
                    json(kind, schema, context),
                    try nested(schema, begin: [.text("{'")], end: [.text("}")], context.inPython),
                ])
            case .members(let begin, let end): return try nested(schema, begin: begin, end: end, context)
            case .unknown: return nil
            }
        case .array:
            switch style.arrays {
            case .json: return json(kind, schema, context)
            case .python:
                guard case .items = KeyedArguments.python.arrays else { return nil }
                return .choice([json(kind, schema, context), try items(schema, context.inPython)])
            case .items: return try items(schema, context)
            case .unknown: return nil
            }
        }
    }

    /// JSON of one kind, by its schema.
    private func json(_ kind: ValueKind, _ schema: ArgumentSchema, _ context: Context) -> RuleBody {
        let isOwn = schema.root == context.parameters
        let reference: JSONValue = [
            "allOf": [
                isOwn
                    ? ["$ref": .string(ArgumentRules.document + "#" + schema.pointer.description)] : true,
                ["type": .string(kind.rawValue)],
            ]
        ]
        return .value(
            EmbeddedValue(
                schema: reference, options: options, tool: context.tool,
                documents: isOwn ? [ArgumentRules.document: context.parameters] : [:]))
    }

    /// Raw text up to what closes it, within what the schema asks of it.
    private func raw(
        _ schema: ArgumentSchema, closer: String, isPython: Bool, without opening: String = ""
    ) -> RuleBody {
        var limits: [TerminalExpression] = []
        var delimiters = closer.isEmpty ? [] : [closer]
        // Python writes these otherwise than they are.
        if isPython { delimiters += ["\\", "\n", "\r", "\t"] }
        limits.append(delimiters.isEmpty ? .anyText : .text(without: delimiters))
        if !opening.isEmpty { limits.append(.not(.sequence([.bytes(Array(opening.utf8)), .anyText]))) }
        if let source = schema.value["pattern"]?.stringValue, let pattern = try? ECMAPattern(source) {
            limits.append(.found(pattern))
        }
        let least = schema.value["minLength"]?.intValue ?? 0
        let most = schema.value["maxLength"]?.intValue
        if least > 0 || most != nil {
            limits.append(.repetition(.pattern(.anyScalar), least: least, most: most))
        }
        return .terminal(Terminal(expression: limits.count == 1 ? limits[0] : .both(limits)))
    }

    /// An object written like the arguments themselves.
    private mutating func nested(
        _ schema: ArgumentSchema, begin: [CallSyntax.Piece], end: [CallSyntax.Piece], _ context: Context
    ) throws(GrammarError) -> RuleBody {
        let place = Place(
            tool: context.tool, pointer: schema.pointer, isPython: context.isPython, begin: begin)
        if let rule = known[place], schema.root == context.parameters { return .rule(rule) }
        let rule = add("\(context.tool) \(schema.pointer)", .nothing)
        known[place] = rule
        // Any value within any value ends here: what no schema describes is written flat.
        let members = schema.root == context.parameters ? try members(schema, context) : nil
        var ways: [RuleBody] = []
        if let members { ways.append(.sequence([spelling.body(begin), members, spelling.body(end)])) }
        if schema.required.isEmpty {
            ways.append(context.isPython ? .text("{}") : spelling.body(begin + end))
        }
        rules[rule].body = .choice(ways)
        return .rule(rule)
    }

    private mutating func items(_ schema: ArgumentSchema, _ context: Context) throws(GrammarError) -> RuleBody
    {
        guard case .items(let begin, let separator, let end, let string) = context.style.arrays else {
            return .nothing
        }
        let item = schema.items ?? ArgumentSchema(root: .object(JSONObject()))
        var ways: [RuleBody] = []
        for kind in ValueKind.allCases where item.kinds.contains(kind) {
            let isFlat = schema.items == nil && (kind == .object || kind == .array)
            let closer = kind == .string ? spelling.leadingText(string.after) : ""
            if isFlat { continue }
            var body: RuleBody?
            if let listed = item.listed {
                body = .choice(
                    listed.filter { ValueKind($0) == kind }
                        .compactMap { ArgumentRules.spelled($0, context.style) }.map { .text($0) })
            } else {
                body = try self.body(kind, item, context, closer: closer)
            }
            guard let body else { continue }
            let isQuoted = kind == .string
            let after = isQuoted || string.before.isEmpty ? string.after : []
            ways.append(
                .sequence([spelling.body(isQuoted ? string.before : []), body, spelling.body(after)]))
        }
        let one = RuleBody.rule(add("\(context.tool) \(schema.pointer)/items", .choice(ways)))
        let least = schema.value["minItems"]?.intValue ?? 0
        let most = schema.value["maxItems"]?.intValue
        let more = RuleBody.repetition(
            .sequence([spelling.body(separator), one]), least: max(0, least - 1),
            most: most.map { max(0, $0 - 1) })
        var lists: [RuleBody] = []
        if most != 0 {
            lists.append(.sequence([spelling.body(begin), one, more, spelling.body(end)]))
        }
        if least == 0, !end.isEmpty { lists.append(spelling.body(begin + end)) }
        return .choice(lists)
    }
}

extension KeyedArguments {
    /// Python's own values, with strings in single quotes that need no escapes.
    static let python: KeyedArguments = {
        var style = KeyedArguments()
        func affixes(_ before: String, _ after: String) -> Affixes {
            Affixes(before: before.isEmpty ? [] : [.text(before)], after: after.isEmpty ? [] : [.text(after)])
        }
        style.separator = [.text(", '")]
        for kind in ValueKind.allCases { style.affixes[kind] = affixes("': ", "") }
        style.affixes[.string] = affixes("': '", "'")
        style.wordsArePython = true
        style.objects = .members(begin: [.text("{'")], end: [.text("}")])
        style.arrays = .items(
            begin: [.text("[")], separator: [.text(", ")], end: [.text("]")], string: affixes("'", "'"))
        return style
    }()
}
