import JSON

/// Blame: what each alternative that is still alive has against a byte.
struct Blame: Conditioned {
    typealias Reason = Explanation.Reason

    let automaton: Automaton

    /// Begins an explanation, which is a step of its own whatever the one before it has cost.
    init(_ automaton: Automaton) {
        self.automaton = automaton
        automaton.patterns.allowance.renew()
    }

    var transitions: Transitions { automaton.transitions }
    var blueprint: Blueprint { automaton.blueprint }
    var places: Places { automaton.places }
    var conditions: Conditions { automaton.conditions }

    private func policy(_ name: String, _ sentence: String) -> Reason {
        Reason(tool: nil, pointer: JSONPointer(), source: .policy(name), sentence: sentence)
    }

    /// A reason that names a keyword of a schema.
    func reason(_ schema: Int32, _ keyword: String, _ sentence: String) -> Reason {
        let node = graph.nodes[Int(schema)]
        let named = node.general.isLiteral ? node.general.valuesKeyword : keyword
        return Reason(
            tool: toolName(of: schema), pointer: node.origin.pointer.appending(named),
            source: .keyword(named),
            sentence: node.origin.document.map { "in \($0): \(sentence)" } ?? sentence, schema: schema)
    }

    /// The tool that a schema belongs to, in a turn.
    func toolName(of schema: Int32) -> String? {
        guard let turn else { return nil }
        let index = turn.schemas.lastIndex { $0 <= schema } ?? 0
        return turn.grammar.tools.indices.contains(index) ? turn.grammar.tools[index].name : nil
    }

    /// What each live alternative has against a byte that cannot follow.
    func blame(_ id: Int32, _ byte: UInt8, _ trail: Trail) -> [Reason] {
        let here = configuration(id)
        let shown = "\"\(ByteWords.show(byte))\""
        var reasons: [Reason]
        let unforeseen = transitions.step(id, byte)
        if unforeseen >= 0, automaton.foresight.foreseen(id, byte, unforeseen) < 0 {
            let reasons = blameDoom(unforeseen)
            if !reasons.isEmpty { return reasons + enclosing(reasons) }
        }
        switch here.place {
        case .value: reasons = blameValue(here.formula, byte, shown)
        case .arrayOpen:
            if byte == UInt8(ascii: "]") {
                reasons = blameClose(here, trail)
            } else if let item = transitions.beginItem(here.frame) {
                reasons = blameValue(item.formula, byte, shown)
            } else {
                reasons = blameItem(here.frame)
            }
        case .string: reasons = blameString(here, byte, shown)
        case .key: reasons = blameKey(here, byte, shown)
        case .number: reasons = blameNumber(here, byte, shown, trail)
        case .objectOpen, .objectComma, .objectAfter:
            if byte == UInt8(ascii: "}"), here.place != .objectComma {
                reasons = blameClose(here, trail)
            } else if byte == UInt8(ascii: ",") && here.place == .objectAfter
                || byte == 0x22 && here.place != .objectAfter
            {
                reasons = blameNoKey(here.frame)
            } else {
                reasons = []
            }
        case .arrayAfter:
            if byte == UInt8(ascii: "]") {
                reasons = blameClose(here, trail)
            } else if byte == UInt8(ascii: ",") {
                reasons = blameItem(here.frame)
            } else {
                reasons = []
            }
        case .literal:
            let word = String(decoding: JSONSyntax.literalWords[Int(here.literal)], as: UTF8.self)
            reasons = [policy("JSON", "only `\(word)` can be completed here; \(shown) does not")]
        case .done: reasons = [policy("end", "the value is complete; only the end can follow")]
        case .text, .fixed, .name, .between: reasons = blameTurn(here, shown)
        case .colon, .resolve: reasons = []
        }
        if reasons.isEmpty, here.place == .key, here.foreseenKeys > 0 { reasons = blameDoom(id) }
        if reasons.isEmpty {
            reasons = [policy(syntaxName(byte), "\(expected(id)) can follow; \(shown) does not fit")]
        }
        var seen: Set<Reason> = []
        return (reasons + enclosing(reasons)).filter { seen.insert($0).inserted }
    }

    /// The keywords that together leave no way from a place to the end.
    private func blameDoom(_ id: Int32) -> [Reason] {
        let here = configuration(id)
        var leaves = formulas.leaves(of: frame(here.frame).formula)
        switch here.place {
        case .value, .colon:
            leaves += ValueStart.allCases.flatMap { formulas.leaves(of: typed(here.formula, $0)) }
        case .string: leaves += formulas.leaves(of: strings.specs[Int(here.spec)].formula)
        case .number: leaves += formulas.leaves(of: numbers.states[Int(here.number)].formula)
        case .literal: leaves += formulas.leaves(of: here.outcome)
        default: break
        }
        // What the conditions on the value around it were, where those inside have been met.
        for case .outer(let formula) in leaves { leaves += formulas.leaves(of: formula) }
        var seen: Set<Reason> = []
        return leaves.flatMap(keywords).prefix(24).map { schema, keyword in
            reason(
                schema, keyword,
                "together with the rest of the schema nothing that begins so can be completed")
        }.filter { seen.insert($0).inserted }
    }

    /// The schema keywords behind a condition.
    private func keywords(_ leaf: Leaf) -> [(schema: Int32, keyword: String)] {
        switch leaf {
        case .string(let owner, let keyword): keywords(owner, keyword).map { (owner, $0) }
        case .number(let owner): numberKeywords(owner).map { (owner, $0.keyword) }
        case .object(let owner): [(owner, objectKeyword(owner))]
        case .array(let owner, _): [(owner, arrayKeyword(owner))]
        default: []
        }
    }

    /// The choices that the blamed keywords stand in: none of their alternatives is left.
    private func enclosing(_ reasons: [Reason]) -> [Reason] {
        var found: [Reason] = []
        for reason in reasons {
            var next = reason.schema
            var steps = 0
            while let schema = next, let parent = graph.parents[schema], steps < 64 {
                if let keyword = parent.keyword {
                    let sentence =
                        keyword == "not"
                        ? "what it forbids would hold" : "no alternative that is left allows this"
                    found.append(self.reason(parent.schema, keyword, sentence))
                }
                next = parent.schema
                steps += 1
            }
        }
        return found
    }

    private func syntaxName(_ byte: UInt8) -> String {
        JSONSyntax.whiteSpace.contains(byte) ? "white space" : "JSON"
    }

    /// Why the text cannot end.
    func blameEnd(_ id: Int32) -> [Reason] {
        [policy("end", "the text is not complete: \(expected(id)) must follow first")]
    }

    // MARK: Values

    private func blameValue(_ formula: Formulas.ID, _ byte: UInt8, _ shown: String) -> [Reason] {
        guard let start = ValueStart(byte) else {
            return [
                policy(syntaxName(byte), "\(expectedValue(formula)) must begin here; \(shown) begins none")
            ]
        }
        var reasons: [Reason] = []
        for case .schema(let schema) in formulas.leaves(of: formula) {
            if graph.expand(schema, start, formulas) == Formulas.no { reasons += blameSchema(schema, start) }
        }
        if reasons.isEmpty {
            // Each alone allows it, together they do not.
            for case .schema(let schema) in formulas.leaves(of: formula) {
                reasons += blameTogether(schema, start)
            }
        }
        return reasons
    }

    /// Why a schema refuses every value that starts so.
    func blameSchema(_ schema: Int32, _ start: ValueStart, depth: Int = 0) -> [Reason] {
        guard depth < 40 else { return [] }
        let node = graph.nodes[Int(schema)]
        if node.general.constant == false { return [blameFalse(schema)] }
        if let kinds = node.general.kinds, !kinds.contains(start.kind) {
            return [
                reason(
                    schema, "type",
                    "must be \(ValueStart.words(kinds, node.general.isIntegral)), not \(start.word)")
            ]
        }
        if let values = node.general.values {
            if !values.contains(where: { ValueStart.all(of: $0).contains(start) }) {
                return [blameValues(schema, start.word)]
            }
        }
        if let keyword = node.crossedBounds(start) {
            return [reason(schema, keyword, "is below its lower bound, so no \(start.word) fits")]
        }
        func refuses(_ part: Int32) -> Bool { graph.expand(part, start, formulas) == Formulas.no }
        var reasons: [Reason] = []
        if let reference = node.inPlace.reference, refuses(reference) {
            reasons += blameSchema(reference, start, depth: depth + 1)
        }
        for part in node.inPlace.allOf where refuses(part) {
            reasons += blameSchema(part, start, depth: depth + 1)
        }
        if !node.inPlace.anyOf.isEmpty, node.inPlace.anyOf.allSatisfy(refuses) {
            reasons.append(reason(schema, "anyOf", "no alternative allows \(start.word)"))
            for part in node.inPlace.anyOf { reasons += blameSchema(part, start, depth: depth + 1) }
        }
        if !node.inPlace.oneOf.isEmpty {
            let fits = formulas.one(node.inPlace.oneOf.map { graph.expand($0, start, formulas) })
            if fits == Formulas.no {
                reasons.append(
                    reason(schema, "oneOf", "not exactly one alternative allows \(start.word)"))
                for part in node.inPlace.oneOf where refuses(part) {
                    reasons += blameSchema(part, start, depth: depth + 1)
                }
            }
        }
        if let not = node.inPlace.not, graph.expand(not, start, formulas) == Formulas.yes {
            reasons.append(reason(schema, "not", "forbids every \(start.word)"))
        }
        for (keyword, part) in [("then", node.inPlace.consequent), ("else", node.inPlace.alternative)] {
            if let part, refuses(part) {
                reasons.append(reason(schema, keyword, "allows no \(start.word) here"))
                reasons += blameSchema(part, start, depth: depth + 1)
            }
        }
        if reasons.isEmpty { reasons = blameTogether(schema, start) }
        return reasons
    }

    private func blameFalse(_ schema: Int32) -> Reason {
        if graph.nodes[Int(schema)].general.isLiteral {
            return reason(schema, "enum", "the listed value ends here")
        }
        let pointer = graph.nodes[Int(schema)].origin.pointer
        let keyword = pointer.tokens.last ?? "false"
        return Reason(
            tool: toolName(of: schema), pointer: pointer, source: .keyword(keyword),
            sentence: "allows no value at all")
    }

    /// The keywords of a schema for that kind of value, where no single one is to blame.
    private func blameTogether(_ schema: Int32, _ start: ValueStart) -> [Reason] {
        formulas.leaves(of: graph.expand(schema, start, formulas)).flatMap { leaf -> [Reason] in
            switch leaf {
            case .string(let owner, let keyword):
                return keywords(owner, keyword).map {
                    reason(owner, $0, "leaves no string together with the other keywords")
                }
            case .number(let owner):
                return numberKeywords(owner).map {
                    reason(owner, $0.keyword, "leaves no number together with the other keywords")
                }
            case .object(let owner): return [reason(owner, objectKeyword(owner), "cannot be satisfied")]
            case .array(let owner, _): return [reason(owner, arrayKeyword(owner), "cannot be satisfied")]
            default: return []
            }
        }
    }

    private func objectKeyword(_ schema: Int32) -> String {
        let node = graph.nodes[Int(schema)]
        if !node.object.required.isEmpty { return "required" }
        return node.object.minProperties > 0 ? "minProperties" : "properties"
    }

    private func arrayKeyword(_ schema: Int32) -> String {
        let node = graph.nodes[Int(schema)]
        return node.array.minItems > 0
            ? "minItems" : node.array.contains.schema != nil ? "contains" : node.array.itemsKeyword
    }

    func blameValues(_ schema: Int32, _ misfit: String) -> Reason {
        let node = graph.nodes[Int(schema)]
        let list = (node.general.values ?? []).prefix(8).map { $0.text() }.joined(separator: ", ")
        let more = (node.general.values?.count ?? 0) > 8 ? ", …" : ""
        return reason(
            schema, node.general.valuesKeyword, "only \(list)\(more) can follow; \(misfit) fits none")
    }
}
