import JSON

extension Blame {
    /// The schema keywords behind a string leaf.
    func keywords(_ schema: Int32, _ keyword: StringKeyword) -> [String] {
        let node = graph.nodes[Int(schema)]
        switch keyword {
        case .length:
            return (node.string.minLength > 0 ? ["minLength"] : [])
                + (node.string.maxLength != nil ? ["maxLength"] : [])
        case .pattern: return ["pattern"]
        case .format: return ["format"]
        case .values: return [node.general.valuesKeyword]
        }
    }

    func blameString(_ here: Configuration, _ byte: UInt8, _ shown: String) -> [Reason] {
        let spec = strings.specs[Int(here.spec)]
        let mode = spec.machine.mode(here.stringState)
        let effect = StringMode.step(mode, byte)
        var gained: [UInt8] = []
        switch effect {
        case .dead:
            return [
                spelling(
                    "no JSON string goes on with \(shown) here: control characters need an escape, and text is UTF-8"
                )
            ]
        case .close: return blameStringEnd(here, spec)
        case .raw: gained = [byte]
        case .silent: break
        case .scalar(let scalar): gained = Array(ByteExpressions.utf8(scalar))
        }
        let states = spec.machine.componentStates(here.stringState)
        let count = Int(here.length) + (StringMode.isBoundary(mode) ? 1 : 0)
        var reasons: [Reason] = []
        var suspects: [Reason] = []
        for leaf in formulas.leaves(of: spec.formula) {
            guard case .string(let schema, let keyword) = leaf else { continue }
            switch spec.deciders[leaf] {
            case .component(let index):
                let component = spec.machine.components[index]
                let after = component.step(states[index], gained)
                let found = describe(schema, keyword, states[index], component, shown)
                if after == 0, states[index] != 0 { reasons.append(found) } else { suspects.append(found) }
            case .listed(let index, let places):
                guard case .finite(let set) = spec.machine.components[index] else { continue }
                let after = spec.machine.components[index].step(states[index], gained)
                let found = describe(schema, keyword, states[index], .finite(set), shown)
                let dies = set.isAlive(states[index], among: places) && !set.isAlive(after, among: places)
                if dies { reasons.append(found) } else { suspects.append(found) }
            case .length(_, let maximum):
                guard let maximum else { continue }
                let found = reason(
                    schema, "maxLength", "at most \(maximum) characters; \(shown) would be one more")
                if count > maximum { reasons.append(found) } else { suspects.append(found) }
            default: break
            }
        }
        if !reasons.isEmpty { return reasons }
        if spec.machine.isCanonical {
            return [spelling("the text is known, and its characters are written in one way only")]
        }
        return suspects
    }

    private func spelling(_ sentence: String) -> Reason {
        Reason(tool: nil, pointer: JSONPointer(), source: .policy("spelling"), sentence: sentence)
    }

    private func describe(
        _ schema: Int32, _ keyword: StringKeyword, _ state: Int32, _ component: StringComponent,
        _ shown: String
    ) -> Reason {
        let node = graph.nodes[Int(schema)]
        switch keyword {
        case .values:
            guard case .finite(let set) = component else { break }
            // In the schema's order, as its writer knows them.
            let living = Set(set.alive(state))
            let alive = (node.general.values ?? []).compactMap(\.stringValue).filter {
                living.contains(Array($0.utf8))
            }
            let list = alive.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
            return reason(
                schema, node.general.valuesKeyword,
                "only \(list)\(alive.count > 8 ? ", …" : "") can follow; \(shown) fits none")
        case .pattern:
            return reason(
                schema, "pattern",
                "the text must match \(node.string.pattern?.source ?? ""); \(shown) cannot follow"
            )
        case .format:
            return reason(
                schema, "format",
                "the text must be a \(node.string.format?.source ?? "") ; \(shown) cannot follow")
        case .length: break
        }
        return reason(schema, "maxLength", "\(shown) does not fit")
    }

    private func blameStringEnd(_ here: Configuration, _ spec: StringSpec) -> [Reason] {
        var reasons: [Reason] = []
        for leaf in formulas.leaves(of: spec.formula) {
            guard case .string(let schema, let keyword) = leaf else { continue }
            let truth = spec.truth(of: leaf, here.stringState, here.length)
            if truth == nil, let check = leaf.onClosedText {
                reasons += blameChecks(formulas.leaf(check))
            }
            guard truth == false else { continue }
            let node = graph.nodes[Int(schema)]
            switch keyword {
            case .length:
                if Int(here.length) < node.string.minLength {
                    reasons.append(
                        reason(
                            schema, "minLength",
                            "at least \(node.string.minLength) characters; the text has \(here.length)"))
                } else {
                    reasons.append(
                        reason(
                            schema, "maxLength",
                            "at most \(node.string.maxLength ?? 0) characters; the text has \(here.length)"))
                }
            case .pattern:
                reasons.append(
                    reason(
                        schema, "pattern",
                        "the text so far does not match \(node.string.pattern?.source ?? "")"))
            case .format:
                reasons.append(
                    reason(schema, "format", "the text so far is no \(node.string.format?.source ?? "")"))
            case .values: reasons.append(blameValues(schema, "the text so far"))
            }
        }
        return reasons + blameChecks(spec.formula)
    }

    /// Keywords of a formula that only the closed text decides.
    func blameChecks(_ formula: Formulas.ID) -> [Reason] {
        formulas.leaves(of: formula).compactMap { leaf in
            guard case .check(let schema, let keyword) = leaf else { return nil }
            switch keyword {
            case .uniqueItems: return reason(schema, "uniqueItems", "the items must differ from one another")
            case .pattern: return reason(schema, "pattern", "the whole text does not match")
            case .format: return reason(schema, "format", "the whole text is not of that format")
            case .unevaluatedItems:
                return reason(schema, "unevaluatedItems", "some item is evaluated by no other keyword")
            case .unevaluatedProperties:
                return reason(
                    schema, "unevaluatedProperties", "some member is evaluated by no other keyword")
            }
        }
    }
}
