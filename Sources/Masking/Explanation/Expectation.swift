import JSON

/// What is expected at a place, in words and as places of the schema.
public struct Expectation: Sendable, Hashable {
    /// One alternative of the schema that is still alive.
    public struct Alternative: Sendable, Hashable, CustomStringConvertible {
        /// Where it stands in the schema; empty for a rule.
        public var pointer: JSONPointer
        /// The rule that it is, where rules are followed.
        public var rule: String?
        /// What it asks for.
        public var sentence: String

        /// `pointer: sentence`, or `rule: sentence`.
        public var description: String {
            "\(rule ?? (pointer.description.isEmpty ? "#" : pointer.description)): \(sentence)"
        }
    }

    /// What can follow, in a few words.
    public var words: String
    /// The tool whose arguments are being written, in a turn.
    public var tool: String?
    /// The schema cursor: for each open value from the outside in, the schemas that it is held against.
    public var path: [[JSONPointer]]
    /// The alternatives alive at the cursor.
    public var alternatives: [Alternative]
}

extension Blame {
    func expectation(_ id: Int32) -> Expectation {
        let here = configuration(id)
        var path: [[JSONPointer]] = []
        var tool: String?
        var next = here.frame
        while next >= 0 {
            let open = frame(next)
            if open.kind == .call, let turn, turn.grammar.tools.indices.contains(Int(open.tool)) {
                tool = turn.grammar.tools[Int(open.tool)].name
            }
            let places = pointers(open.formula)
            if open.kind == .object || open.kind == .array { path.insert(places, at: 0) }
            next = open.parent
        }
        let formula: Formulas.ID
        switch here.place {
        case .value, .colon: formula = here.formula
        case .string: formula = strings.specs[Int(here.spec)].formula
        case .number: formula = numbers.states[Int(here.number)].formula
        default: formula = frame(here.frame).formula
        }
        return Expectation(
            words: expected(id), tool: tool, path: path, alternatives: alternatives(formula))
    }

    private func owner(_ leaf: Leaf) -> Int32? {
        switch leaf {
        case .schema(let schema), .object(let schema), .array(let schema, _), .string(let schema, _),
            .number(let schema), .check(let schema, _):
            schema
        case .outer, .key: nil
        }
    }

    private func pointers(_ formula: Formulas.ID) -> [JSONPointer] {
        var seen: Set<JSONPointer> = []
        return formulas.leaves(of: formula).compactMap {
            owner($0).map { graph.nodes[Int($0)].origin.pointer }
        }
        .filter { seen.insert($0).inserted }
    }

    private func alternatives(_ formula: Formulas.ID) -> [Expectation.Alternative] {
        var seen: Set<Expectation.Alternative> = []
        return formulas.leaves(of: formula).compactMap { leaf -> Expectation.Alternative? in
            guard let schema = owner(leaf) else { return nil }
            let node = graph.nodes[Int(schema)]
            let sentence: String
            switch leaf {
            case .schema:
                if let values = node.general.values {
                    sentence = "one of " + values.prefix(6).map { $0.text() }.joined(separator: ", ")
                } else {
                    sentence = expectedValue(formulas.leaf(leaf))
                }
            case .string(_, let keyword): sentence = keywords(schema, keyword).joined(separator: ", ")
            case .number: sentence = numberKeywords(schema).map(\.keyword).joined(separator: ", ")
            case .object: sentence = "an object"
            case .array: sentence = "an array"
            case .check(_, let keyword): sentence = "\(keyword) holds when the value is closed"
            default: return nil
            }
            return Expectation.Alternative(pointer: node.origin.pointer, sentence: sentence)
        }.filter { seen.insert($0).inserted }
    }

    /// What can follow a configuration, in a few words.
    func expected(_ id: Int32) -> String {
        let here = configuration(id)
        switch here.place {
        case .value: return expectedValue(here.formula)
        case .string: return "the rest of a string"
        case .key: return "the rest of a key"
        case .colon: return "a colon"
        case .number: return "more of a number, or its end"
        case .literal:
            return
                "the rest of `\(String(decoding: JSONSyntax.literalWords[Int(here.literal)], as: UTF8.self))`"
        case .objectOpen: return expectedKey(here.frame, orEnd: transitions.closeObject(here.frame) >= 0)
        case .objectComma: return expectedKey(here.frame, orEnd: false)
        case .objectAfter:
            let more = transitions.keys.context(here.frame).allowsAny
            let end = transitions.closeObject(here.frame) >= 0
            return more
                ? (end ? "a comma or the object's end" : "a comma and another key") : "the object's end"
        case .arrayOpen: return "an item or the array's end"
        case .arrayAfter: return "a comma or the array's end"
        case .done: return "the end"
        case .resolve: return "nothing"
        case .text: return "text, or a tool call"
        case .fixed: return "the fixed text of a call"
        case .name: return "a tool's name"
        case .between: return "another call or the end of the turn"
        }
    }

    func expectedValue(_ formula: Formulas.ID) -> String {
        var kinds: ValueKinds = []
        var integral = false
        for start in ValueStart.allCases where typed(formula, start) != Formulas.no {
            kinds.insert(start.kind)
            if start == .number, case .leaf(.number(let schema)) = formulas.nodes[Int(typed(formula, start))]
            {
                integral = graph.nodes[Int(schema)].general.isIntegral
            }
        }
        return kinds == .every ? "a value" : ValueStart.words(kinds, integral)
    }

    private func expectedKey(_ frame: Int32, orEnd: Bool) -> String {
        let context = transitions.keys.context(frame)
        let names = context.members.shape.keys.enumerated().filter { context.allows(rank: $0.offset) }.map {
            name($0.element)
        }
        let list = names.prefix(6).joined(separator: ", ") + (names.count > 6 ? ", …" : "")
        let keys =
            context.allowsOthers ? (list.isEmpty ? "a key" : "a key such as \(list)") : "the key \(list)"
        if !context.allowsAny { return "the object's end" }
        return orEnd ? keys + " or the object's end" : keys
    }
}
