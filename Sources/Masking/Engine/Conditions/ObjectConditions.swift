import JSON

/// Members: what a formula over object keywords makes of each further key and its value.
final class ObjectConditions: Grounded {
    let blueprint: Blueprint
    let strings: StringConditions
    private let numbers: NumberConditions
    private var shapes: [ObjectShape.Kind: ObjectShape] = [:]
    private var members: [Formulas.ID: ObjectMembers] = [:]
    var sampledKeys: [Formulas.ID: KeySamples] = [:]
    var narrowedKeys: [RefusedKeys: StringMachine] = [:]

    init(_ blueprint: Blueprint, _ strings: StringConditions, _ numbers: NumberConditions) {
        self.blueprint = blueprint
        self.strings = strings
        self.numbers = numbers
    }

    func objectMembers(_ formula: Formulas.ID) -> ObjectMembers {
        if let known = members[formula] { return known }
        var schemas: Set<Int32> = []
        var asked: Set<Int32> = []
        for leaf in formulas.leaves(of: formula) {
            switch leaf {
            case .object(let schema): schemas.insert(schema)
            case .key(let key): asked.insert(key)
            default: break
            }
        }
        let list = schemas.sorted()
        let kind = ObjectShape.Kind(schemas: list, keys: asked.sorted())
        let shape: ObjectShape
        if let known = shapes[kind] {
            shape = known
        } else {
            shape = ObjectShape(kind, graph)
            shapes[kind] = shape
        }
        // What must hold whatever else does.
        var certain: [Int32] = []
        for part in formulas.conjuncts(formula) {
            if case .leaf(.object(let schema)) = formulas.nodes[Int(part)] { certain.append(schema) }
        }
        var maximum: Int?
        var required: Set<Int32> = []
        for schema in certain {
            let node = graph.nodes[Int(schema)]
            if let own = node.object.maxProperties { maximum = min(maximum ?? own, own) }
            required.formUnion(node.object.required)
        }
        let (machine, mayMatch) = keyMachine(shape, certain)
        let built = ObjectMembers(
            formula: formula, shape: shape, unnamed: .init(machine: machine, mayCome: mayMatch),
            needs: .init(maximum: maximum, required: required))
        members[formula] = built
        return built
    }

    /// Whether some key that no schema names may come at all.
    func allowsOthers(_ members: ObjectMembers, _ inhabitants: Inhabitants) -> Bool {
        if let known = members.allowsOthers { return known }
        var verdict = members.unnamed.mayCome
        let shape = members.shape
        if verdict, shape.patterns.isEmpty {
            let member = memberFormulas(members.formula, key: nil, text: nil, shape: shape, matched: [])
            verdict =
                member.kept != Formulas.no && member.child != Formulas.no
                && inhabitants.inhabited(member.child)
        }
        // While a search is on, the answer may rest on what the search assumes.
        if !inhabitants.isSearching { members.allowsOthers = verdict }
        return verdict
    }

    /// The automaton of keys that no schema names, and whether there can be such keys at all.
    private func keyMachine(_ shape: ObjectShape, _ certain: [Int32]) -> (StringMachine, Bool) {
        var components: [StringComponent] = shape.patterns.map { .pattern($0.automaton) }
        // Each group needs one living component.
        var groups: [[Int]] = []
        for schema in certain {
            let node = graph.nodes[Int(schema)]
            if let additional = node.object.members.additional, blueprint.isNever(additional) {
                groups.append(shape.patterns.indices.filter { shape.patterns[$0].schema == schema })
            }
            if let names = node.object.members.names {
                let formula = typed(formulas.leaf(.schema(names)), .string)
                for part in formulas.conjuncts(formula) {
                    guard case .leaf(.string(let owner, let keyword)) = formulas.nodes[Int(part)],
                        let component = strings.keyComponent(owner, keyword)
                    else { continue }
                    groups.append([components.count])
                    components.append(component)
                }
                if formula == Formulas.no { return (patterns.freeString, false) }
            }
        }
        if groups.contains(where: \.isEmpty) { return (patterns.freeString, false) }
        if groups.isEmpty { return (patterns.freeString, true) }
        // One group is alive as long as one of its members is; several must be satisfied together.
        let rule: StringMachine.Rule =
            groups.count == 1
            ? .living(LivingRule { states in groups[0].contains { states[$0] != 0 } })
            : .search(
                StringLiveness(components, patterns.allowance) { verdicts in
                    let accepted = verdicts.all
                    // A group is refused where all of its members are, and met where one of them is.
                    let isRefused = groups.contains { $0.allSatisfy { accepted[$0] == false } }
                    if isRefused { return false }
                    return groups.allSatisfy { $0.contains { accepted[$0] == true } } ? true : nil
                })
        // A closed key is held against the patterns once more.
        let machine = StringMachine(
            components, isCanonical: false, budget: patterns.budget, rule: rule, isBounded: true)
        return (
            machine,
            machine.startLives
                && groups.allSatisfy {
                    $0.contains { index in
                        if case .pattern(let automaton) = components[index] {
                            !automaton.isVoid
                        } else {
                            true
                        }
                    }
                }
        )
    }

    /// What a named key does; `nil` where it cannot come.
    func namedMember(
        _ members: ObjectMembers, _ rank: Int, _ inhabitants: Inhabitants
    ) -> ObjectMembers.Member? {
        let member: ObjectMembers.Member
        if let known = members.named[rank] {
            member = known
        } else {
            let key = members.shape.keys[rank]
            let text = graph.keys[Int(key)]
            member = memberFormulas(
                members.formula, key: key, text: text, shape: members.shape,
                matched: matches(members.shape, text))
            members.named[rank] = member
        }
        return member.kept != Formulas.no && member.child != Formulas.no
            && inhabitants.inhabited(member.child)
            ? member : nil
    }

    /// What a key that no schema names does.
    func otherMember(_ members: ObjectMembers, _ text: [UInt8]) -> ObjectMembers.Member {
        let matched = matches(members.shape, text)
        let hasNames = members.shape.schemas.contains { graph.nodes[Int($0)].object.members.names != nil }
        if !hasNames, let known = members.others[matched] { return known }
        let member = memberFormulas(
            members.formula, key: nil, text: text, shape: members.shape, matched: matched)
        if !hasNames { members.others[matched] = member }
        return member
    }

    private func matches(_ shape: ObjectShape, _ text: [UInt8]) -> [Bool] {
        shape.patterns.map { pattern in
            if let exact = pattern.test.exact { return exact(String(decoding: text, as: UTF8.self)) }
            // The run may add states, so the flags are read after it.
            let state = pattern.automaton.run(PatternAutomaton.start, text)
            return pattern.automaton.accepts[Int(state)]
        }
    }

    /// The schemas that a member's value is held against by one object schema, or `nil` where the key is refused.
    func memberSchemas(_ schema: Int32, key: Int32?, text: [UInt8]?, shape: ObjectShape, matched: [Bool])
        -> [Int32]?
    {
        let node = graph.nodes[Int(schema)]
        var schemas: [Int32] = []
        var evaluated = false
        if let key, let own = node.object.members.schemaOfKey[key] {
            schemas.append(own)
            evaluated = true
        }
        for (index, pattern) in shape.patterns.enumerated()
        where pattern.schema == schema && index < matched.count && matched[index] {
            schemas.append(node.object.members.patterns[pattern.position].schema)
            evaluated = true
        }
        if !evaluated, let additional = node.object.members.additional { schemas.append(additional) }
        if let names = node.object.members.names, let text, !accepts(names, text) { return nil }
        return schemas
    }

    private func memberFormulas(
        _ formula: Formulas.ID, key: Int32?, text: [UInt8]?, shape: ObjectShape, matched: [Bool]
    ) -> ObjectMembers.Member {
        var kept: [Formulas.ID] = []
        var child: [Formulas.ID] = []
        for part in formulas.conjuncts(formula) {
            if case .leaf(let leaf) = formulas.nodes[Int(part)] {
                if case .object(let schema) = leaf {
                    guard
                        let schemas = memberSchemas(
                            schema, key: key, text: text, shape: shape, matched: matched)
                    else { return ObjectMembers.Member(kept: Formulas.no, child: Formulas.no) }
                    child.append(contentsOf: schemas.map { formulas.leaf(.schema($0)) })
                }
                kept.append(part)
                continue
            }
            child.append(
                formulas.substitute(part) { formulas, leaf, id in
                    let rest = formulas.leaf(.outer(id))
                    guard case .object(let schema) = leaf else { return rest }
                    guard
                        let schemas = self.memberSchemas(
                            schema, key: key, text: text, shape: shape, matched: matched)
                    else { return Formulas.no }
                    return formulas.all([rest] + schemas.map { formulas.leaf(.schema($0)) })
                })
        }
        return ObjectMembers.Member(kept: formulas.all(kept), child: formulas.all(child))
    }

    /// Whether a whole string satisfies a schema, as far as the string keywords say.
    func accepts(_ schema: Int32, _ text: [UInt8]) -> Bool {
        let formula = typed(formulas.leaf(.schema(schema)), .string)
        let string = String(decoding: text, as: UTF8.self)
        return formulas.evaluate(formula) { leaf in
            switch leaf {
            case .string(let owner, .length):
                let count = string.unicodeScalars.count
                let node = self.graph.nodes[Int(owner)]
                return count >= node.string.minLength && node.string.maxLength.map { count <= $0 } ?? true
            case .string(let owner, let keyword):
                guard let component = strings.component(owner, keyword) else { return true }
                var state: Int32 = 1
                for byte in text where state != 0 { state = component.step(state, byte) }
                return state != 0 && component.accepts(state)
            case .check(let owner, let keyword):
                return ClosedEvaluation.holds(blueprint, numbers, .string(string), owner, keyword)
            default: return nil
            }
        } ?? true
    }
}
