import JSON

extension Automaton {
    /// What follows a closed value that comes to `result`, a formula over opaque outer leaves and keywords that the
    /// text decides.
    func deliver(_ result: Formulas.ID, _ frameID: Int32) -> Int32 {
        if result == Formulas.no { return Automaton.dead }
        let key = UInt64(UInt32(bitPattern: result)) << 32 | UInt64(UInt32(bitPattern: frameID))
        if let known = deliveries[key] { return known }
        let target = deliverUnknown(result, frameID)
        deliveries[key] = target
        return target
    }

    private func deliverUnknown(_ result: Formulas.ID, _ frameID: Int32) -> Int32 {
        let isOpen = formulas.leaves(of: result).contains {
            if case .check = $0 { true } else { false }
        }
        if isOpen {
            return intern(Configuration(.resolve, a: result, b: Resolution.closed.rawValue, frame: frameID))
        }
        let outer = formulas.substitute(result) { _, leaf, id in
            if case .outer(let formula) = leaf { formula } else { id }
        }
        var parent = frame(frameID)
        parent.formula = formulas.all(parent.formula, outer)
        if parent.formula == Formulas.no { return Automaton.dead }
        switch parent.kind {
        case .root:
            return parent.formula == Formulas.yes
                ? intern(Configuration(.done, frame: frameID)) : Automaton.dead
        case .object: return intern(Configuration(.objectAfter, frame: intern(parent)))
        case .array:
            let next = intern(parent)
            if checksItems(parent.formula) {
                return intern(
                    Configuration(.resolve, a: parent.formula, b: Resolution.itemClosed.rawValue, frame: next)
                )
            }
            return intern(Configuration(.arrayAfter, frame: next))
        case .call: return parent.formula == Formulas.yes ? afterArguments(frameID) : Automaton.dead
        }
    }

    /// Whether an array's items are compared as they come.
    private func checksItems(_ formula: Formulas.ID) -> Bool {
        formulas.leaves(of: formula).contains {
            if case .check(_, .uniqueItems) = $0 { true } else { false }
        }
    }

    /// The configuration behind a closed value whose text decides.
    /// - Parameters:
    ///   - id: a `resolve` configuration.
    ///   - text: the closed value's text; for an item, the array's text so far with its bracket closed.
    func resolve(_ id: Int32, _ text: [UInt8]) -> Int32 {
        let here = configuration(id)
        guard let value = try? JSONParser.parse(text) else { return Automaton.dead }
        switch Resolution(rawValue: here.b) ?? .closed {
        case .closed, .numberEnded:
            let result = formulas.substitute(here.a) { _, leaf, id in
                guard case .check(let schema, let keyword) = leaf else { return id }
                return self.holds(value, schema, keyword) ? Formulas.yes : Formulas.no
            }
            return deliver(result, here.frame)
        case .itemClosed, .numberItemEnded:
            let result = formulas.substitute(here.a) { _, leaf, id in
                guard case .check(let schema, .uniqueItems) = leaf else { return id }
                return self.holds(value, schema, .uniqueItems) ? id : Formulas.no
            }
            if result == Formulas.no { return Automaton.dead }
            var array = frame(here.frame)
            array.formula = result
            return intern(Configuration(.arrayAfter, frame: intern(array)))
        }
    }

    /// The truth of a keyword that needs the whole value.
    func holds(_ value: JSONValue, _ schema: Int32, _ keyword: CheckedKeyword) -> Bool {
        let node = graph.nodes[Int(schema)]
        switch keyword {
        case .uniqueItems:
            guard let items = value.arrayValue else { return true }
            return Set(items.map(\.canonical)).count == items.count
        case .pattern: return value.stringValue.map { node.pattern?.exact?($0) ?? true } ?? true
        case .format: return value.stringValue.map { node.format?.exact?($0) ?? true } ?? true
        case .unevaluatedItems, .unevaluatedProperties: return evaluate(schema, value) != nil
        }
    }

    /// The configuration behind a number that ends here.
    func closeNumber(_ stateID: Int32, _ frameID: Int32) -> Int32 {
        let state = numbers[Int(stateID)]
        return deliver(numberResult(state), frameID)
    }

    /// What a finished number makes of its formula.
    func numberResult(_ state: NumberState) -> Formulas.ID {
        if state.formula == Formulas.yes { return Formulas.yes }
        let alternatives = numberAlternatives(state.formula)
        let value = JSONNumber(text: String(decoding: state.text, as: UTF8.self))
        return formulas.substitute(state.formula) { _, leaf, id in
            guard case .number(let schema) = leaf else { return id }
            // Without text only integrality was asked, and the steps saw to that.
            if !alternatives.needsText { return Formulas.yes }
            return value.map { self.numberSpec(schema).accepts($0) } ?? false ? Formulas.yes : Formulas.no
        }
    }

    /// The number keywords of one schema.
    func numberSpec(_ schema: Int32) -> NumberSpec {
        if let known = numberSpecs[schema] { return known }
        let node = graph.nodes[Int(schema)]
        var spec = NumberSpec()
        spec.isIntegral = node.isIntegral
        spec.isPlain = node.isIntegral && node.integersHaveNoPoint
        spec.add(node.bounds)
        spec.values = node.values.map { NumberValues(listed: $0.compactMap(\.numberValue)) }
        numberSpecs[schema] = spec
        return spec
    }

    func numberAlternatives(_ formula: Formulas.ID) -> NumberAlternatives {
        if let known = alternatives[formula] { return known }
        var branches: [NumberSpec] = []
        var needsText = false
        if let ways = formulas.branches(formula, limit: 256) {
            for way in ways {
                var alternatives = [NumberSpec()]
                for (leaf, holds) in way {
                    guard case .number(let schema) = leaf else { continue }
                    let own = numberSpec(schema)
                    if holds {
                        for index in alternatives.indices {
                            alternatives[index].add(own, graph.nodes[Int(schema)].bounds)
                        }
                    } else {
                        needsText = true
                        alternatives = alternatives.flatMap { $0.without(own) }
                    }
                }
                for var spec in alternatives {
                    if spec.values == nil, !spec.excluded.isEmpty,
                        let few = spec.wholeNumbers(atMost: Automaton.widestRange)
                    {
                        spec.values = NumberValues(few)
                    }
                    if !spec.isFree { needsText = true }
                    branches.append(spec)
                }
            }
            if ways.count != 1 { needsText = true }
        } else {
            branches = [NumberSpec()]
            needsText = true
        }
        let built = NumberAlternatives(branches: branches, needsText: needsText)
        alternatives[formula] = built
        return built
    }

    /// The configuration behind an object's closing brace.
    func closeObject(_ frameID: Int32) -> Int32 {
        let open = frame(frameID)
        return deliver(objectResult(open), open.parent)
    }

    /// What an object with the keys seen makes of its formula.
    func objectResult(_ open: Frame) -> Formulas.ID {
        let seen = seenSets[Int(open.seen)]
        return formulas.substitute(open.formula) { _, leaf, id in
            switch leaf {
            case .object(let schema):
                return self.objectFault(schema, seen) == nil ? Formulas.yes : Formulas.no
            case .key(let key): return seen.contains(key) ? Formulas.yes : Formulas.no
            default: return id
            }
        }
    }

    /// The keyword that an object with these keys violates when it closes.
    func objectFault(_ schema: Int32, _ seen: SeenKeys) -> String? {
        objectFault(graph.nodes[Int(schema)], seen)
    }

    func objectFault(_ node: SchemaNode, _ seen: SeenKeys) -> String? {
        if !node.required.allSatisfy(seen.contains) { return "required" }
        if Int(seen.count) < node.minProperties { return "minProperties" }
        if let maximum = node.maxProperties, Int(seen.count) > maximum { return "maxProperties" }
        for dependency in node.dependentRequired
        where seen.contains(dependency.key) && !dependency.needs.allSatisfy(seen.contains) {
            return dependency.keyword
        }
        return nil
    }

    /// The configuration behind an array's closing bracket.
    func closeArray(_ frameID: Int32) -> Int32 {
        let open = frame(frameID)
        return deliver(arrayResult(open), open.parent)
    }

    func arrayResult(_ open: Frame) -> Formulas.ID {
        formulas.substitute(open.formula) { _, leaf, id in
            guard case .array(let schema, let matches) = leaf else { return id }
            return self.arrayFault(schema, Int(open.seen), Int(matches)) == nil ? Formulas.yes : Formulas.no
        }
    }

    /// The keyword that an array of so many items, so many of which match `contains`, violates when it closes.
    func arrayFault(_ schema: Int32, _ count: Int, _ matches: Int) -> String? {
        let node = graph.nodes[Int(schema)]
        if count < node.minItems { return "minItems" }
        if let maximum = node.maxItems, count > maximum { return "maxItems" }
        if node.contains != nil {
            if matches < node.minContains { return node.minContains == 1 ? "contains" : "minContains" }
            if let maximum = node.maxContains, matches > maximum { return "maxContains" }
        }
        return nil
    }

    /// Whether the text may end in that configuration.
    func canEnd(_ id: Int32) -> Bool {
        let here = configuration(id)
        switch here.place {
        case .done: return true
        case .number:
            guard frame(here.frame).kind == .root, numbers[Int(here.a)].place.canEnd else { return false }
            let after = closeNumber(here.a, here.frame)
            // A number on its own needs no text beyond its own, which is known here where it matters.
            return after >= 0 && configuration(after).place == .done
        default: return turnCanEnd(here)
        }
    }
}
