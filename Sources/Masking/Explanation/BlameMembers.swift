import JSON

extension Blame {
    private func policy(_ name: String, _ sentence: String) -> Reason {
        Reason(tool: nil, pointer: JSONPointer(), source: .policy(name), sentence: sentence)
    }

    func name(_ key: Int32) -> String { "\"\(String(decoding: graph.keys[Int(key)], as: UTF8.self))\"" }

    // MARK: Keys

    func blameKey(_ here: Configuration, _ byte: UInt8, _ shown: String) -> [Reason] {
        let context = transitions.keys.context(here.frame)
        let cursor = KeyCursor(here)
        let text = keyText(here.keyText)
        if case .dead = StringMode.step(cursor.mode, byte) {
            return [policy("spelling", "no JSON string goes on with \(shown) here")]
        }
        if case .close = StringMode.step(cursor.mode, byte) { return blameKeyEnd(text, context, here.frame) }
        let alive = context.members.shape.keys.enumerated().filter {
            context.allows(rank: $0.offset) && graph.keys[Int($0.element)].starts(with: text)
        }.map(\.element)
        let list = alive.prefix(8).map(name).joined(separator: ", ")
        var reasons = refusals(context.members, text + [byte], isPrefix: true).map { reason in
            var reason = reason
            reason.sentence =
                list.isEmpty
                ? "no other key can follow" : "only the keys \(list) can follow; \(shown) fits none"
            return reason
        }
        if reasons.isEmpty { reasons = [policy("key order", "only the keys \(list) can follow")] }
        return reasons
    }

    private func blameKeyEnd(_ text: [UInt8], _ context: KeyContext, _ frameID: Int32) -> [Reason] {
        let open = frame(frameID)
        let shown = "\"\(String(decoding: text, as: UTF8.self))\""
        if let key = graph.knownKey(text), seenKeys(open.seen).contains(key) {
            return [policy("unique keys", "the object has \(shown) already; keys never repeat")]
        }
        let reasons = refusals(context.members, text, isPrefix: false)
        if !reasons.isEmpty { return reasons }
        if let maximum = context.members.maximum {
            let full = context.members.shape.schemas.filter {
                graph.nodes[Int($0)].object.maxProperties == maximum
            }
            return full.map {
                reason($0, "maxProperties", "the \(maximum) members allowed are needed for required keys")
            }
        }
        return [policy("key order", "\(shown) cannot come here: keys come in the schema's order")]
    }

    /// The object keywords that refuse a key, or every key with that beginning.
    private func refusals(_ members: ObjectMembers, _ text: [UInt8], isPrefix: Bool) -> [Reason] {
        let shown = "\"\(String(decoding: text, as: UTF8.self))\(isPrefix ? "…" : "")\""
        let key = isPrefix ? nil : graph.knownKey(text)
        var reasons: [Reason] = []
        for schema in members.shape.schemas {
            let node = graph.nodes[Int(schema)]
            let matched = members.shape.patterns.map { pattern -> Bool in
                let state = pattern.automaton.run(PatternAutomaton.start, text)
                return isPrefix
                    ? state != PatternAutomaton.dead
                    : pattern.test.accepts(String(decoding: text, as: UTF8.self))
            }
            if isPrefix {
                let own = zip(members.shape.patterns, matched).contains { $0.schema == schema && $1 }
                if let additional = node.object.members.additional, !own,
                    graph.nodes[Int(additional)].general.constant == false
                {
                    reasons.append(
                        reason(schema, node.object.members.additionalKeyword, "allows no key like \(shown)"))
                }
                if node.object.members.names != nil {
                    reasons.append(reason(schema, "propertyNames", "allows no key like \(shown)"))
                }
                continue
            }
            guard
                let schemas = objects.memberSchemas(
                    schema, key: key, text: text, shape: members.shape, matched: matched)
            else {
                reasons.append(reason(schema, "propertyNames", "does not allow the key \(shown)"))
                continue
            }
            for value in schemas where !inhabitants.inhabited(formulas.leaf(.schema(value))) {
                if graph.nodes[Int(value)].general.isLiteral {
                    reasons.append(reason(schema, "enum", "the listed value has no key \(shown)"))
                    continue
                }
                let pointer = graph.nodes[Int(value)].origin.pointer
                let isAdditional = value == node.object.members.additional
                reasons.append(
                    Reason(
                        tool: toolName(of: value), pointer: pointer,
                        source: .keyword(
                            isAdditional
                                ? node.object.members.additionalKeyword
                                : pointer.tokens.dropLast().last ?? "properties"),
                        sentence: isAdditional
                            ? "the key \(shown) is not among those allowed" : "allows no value for \(shown)"))
            }
        }
        return reasons
    }

    /// Why no further key can come.
    func blameNoKey(_ frameID: Int32) -> [Reason] {
        let context = transitions.keys.context(frameID)
        let members = context.members
        var reasons: [Reason] = []
        for schema in members.shape.schemas {
            let node = graph.nodes[Int(schema)]
            if let maximum = node.object.maxProperties, Int(seenKeys(context.seen).count) >= maximum {
                reasons.append(
                    reason(schema, "maxProperties", "at most \(maximum) members; the object has them"))
            } else if node.object.members.additional != nil {
                reasons.append(
                    reason(
                        schema, node.object.members.additionalKeyword, "every key allowed is there already"))
            }
        }
        return reasons
    }

    // MARK: Items

    /// Why no further item can come.
    func blameItem(_ frameID: Int32) -> [Reason] {
        let open = frame(frameID)
        var reasons: [Reason] = []
        for case .array(let schema, _) in formulas.leaves(of: open.formula) {
            let node = graph.nodes[Int(schema)]
            if let maximum = node.array.maxItems, Int(open.seen) >= maximum {
                reasons.append(reason(schema, "maxItems", "at most \(maximum) items; the array has them"))
            } else if Int(open.seen) >= node.array.prefix.count, let items = node.array.items,
                !inhabitants.inhabited(formulas.leaf(.schema(items)))
            {
                reasons.append(reason(schema, node.array.itemsKeyword, "no further item is allowed"))
            } else if Int(open.seen) < node.array.prefix.count {
                reasons.append(reason(schema, node.array.prefixKeyword, "no value is allowed for this item"))
            }
        }
        return reasons
    }

    // MARK: Ends of containers

    func blameClose(_ here: Configuration, _ trail: Trail) -> [Reason] {
        let open = frame(here.frame)
        var reasons: [Reason] = []
        for leaf in formulas.leaves(of: open.formula) {
            switch leaf {
            case .object(let schema): reasons += blameObjectEnd(schema, seenKeys(open.seen))
            case .array(let schema, let matches):
                reasons += blameArrayEnd(schema, Int(open.seen), Int(matches))
            default: break
            }
        }
        return reasons.isEmpty ? blameChecks(open.formula) : reasons
    }

    private func blameObjectEnd(_ schema: Int32, _ seen: SeenKeys) -> [Reason] {
        let node = graph.nodes[Int(schema)]
        switch graph.nodes[Int(schema)].object.fault(seen) {
        case "required":
            let missing = node.object.required.filter { !seen.contains($0) }.map(name).joined(separator: ", ")
            return [reason(schema, "required", "\(missing) must come before the object ends")]
        case "minProperties":
            return [
                reason(
                    schema, "minProperties",
                    "at least \(node.object.minProperties) members; the object has \(seen.count)")
            ]
        case let keyword?:
            return [reason(schema, keyword, "a key that is there needs others that are not")]
        case nil: return []
        }
    }

    private func blameArrayEnd(_ schema: Int32, _ count: Int, _ matches: Int) -> [Reason] {
        let node = graph.nodes[Int(schema)]
        switch graph.nodes[Int(schema)].array.fault(count, matches) {
        case "minItems":
            return [
                reason(schema, "minItems", "at least \(node.array.minItems) items; the array has \(count)")
            ]
        case "contains": return [reason(schema, "contains", "some item must match; none does")]
        case let keyword?: return [reason(schema, keyword, "\(matches) items match `contains`")]
        case nil: return []
        }
    }

    // MARK: Numbers

    /// The number keywords of one schema, each alone.
    func numberKeywords(_ schema: Int32) -> [(keyword: String, spec: NumberSpec, sentence: String)] {
        let node = graph.nodes[Int(schema)]
        var found: [(String, NumberSpec, String)] = []
        if node.general.isIntegral {
            var spec = NumberSpec()
            spec.isIntegral = true
            spec.isPlain = node.general.integersHaveNoPoint
            found.append(("type", spec, "must be an integer"))
        }
        if let minimum = node.bounds.minimum {
            var spec = NumberSpec()
            spec.low = minimum
            let keyword = minimum.isExcluded ? "exclusiveMinimum" : "minimum"
            found.append(
                (
                    keyword, spec,
                    minimum.isExcluded ? "must be above the bound" : "must not be below the bound"
                ))
        }
        if let maximum = node.bounds.maximum {
            var spec = NumberSpec()
            spec.high = maximum
            let keyword = maximum.isExcluded ? "exclusiveMaximum" : "maximum"
            found.append(
                (
                    keyword, spec,
                    maximum.isExcluded ? "must be below the bound" : "must not be above the bound"
                ))
        }
        if let multiple = node.bounds.multipleOf {
            var spec = NumberSpec()
            spec.multiples = [multiple]
            found.append(("multipleOf", spec, "must be a multiple of the given number"))
        }
        if node.general.values != nil {
            var spec = NumberSpec()
            spec.values = numbers.numberSpec(schema).values
            found.append((node.general.valuesKeyword, spec, blameValues(schema, "this number").sentence))
        }
        return found
    }

    func blameNumber(_ here: Configuration, _ byte: UInt8, _ shown: String, _ trail: Trail) -> [Reason] {
        let state = numbers.states[Int(here.number)]
        let leaves = formulas.leaves(of: state.formula)
        var reasons: [Reason] = []
        var suspects: [Reason] = []
        if state.place.step(byte) != nil {
            for case .number(let schema) in leaves {
                for (keyword, spec, sentence) in numberKeywords(schema) {
                    let dies =
                        state.text.isEmpty ? keyword == "type" : !spec.canComplete(state.text + [byte])
                    let found = reason(schema, keyword, "\(sentence); \(shown) cannot follow")
                    if dies { reasons.append(found) } else { suspects.append(found) }
                }
            }
            return reasons.isEmpty ? suspects : reasons
        }
        guard state.place.canEnd else {
            return [policy("JSON", "a number cannot go on with \(shown), nor end here")]
        }
        let value = JSONNumber(text: String(decoding: state.text, as: UTF8.self))
        for case .number(let schema) in leaves {
            for (keyword, spec, sentence) in numberKeywords(schema) {
                if let value, !spec.accepts(value) { reasons.append(reason(schema, keyword, sentence)) }
            }
        }
        if !reasons.isEmpty { return reasons }
        // The number itself is good: what follows it is not.
        let after = transitions.closeNumber(here.number, here.frame)
        return after >= 0 && configuration(after).place != .resolve ? blame(after, byte, trail) : []
    }

    // MARK: Turns

    func blameTurn(_ here: Configuration, _ shown: String) -> [Reason] {
        guard let turn else { return [] }
        switch here.place {
        case .text:
            return [
                policy(
                    "text",
                    "\(shown) continues no UTF-8 text here, or spells the tag of a call in the middle of text"
                )
            ]
        case .fixed:
            return [policy("call format", "a call is written in one way; \(shown) is not how it goes on")]
        case .name:
            let names = turn.grammar.tools.map { "\"\($0.name)\"" }.joined(separator: ", ")
            return [
                policy(
                    "tool name", "only the tools \(names) can be called; \(shown) fits none that goes on so")
            ]
        default: return [policy("call format", "only another call or the end of the turn can follow")]
        }
    }
}
