import JSON

/// Whether some value satisfies a formula at all: what keeps the mask out of dead ends that the next bytes do not show.
///
/// The answer is exact for conjunctions of positive keywords within the budget; where the search is cut short it is
/// "yes", and the closing byte decides.
final class Inhabitants: Grounded {
    let blueprint: Blueprint
    private let strings: StringConditions
    private let numbers: NumberConditions
    private let objects: ObjectConditions
    private var known: [Formulas.ID: Bool] = [:]
    private var knownTyped: [UInt64: Bool] = [:]
    private var probing: Set<Formulas.ID> = []
    private var budget = 0
    /// What a schema looked at costs of the step's allowance.
    private static let schemaCost = 4

    init(_ strings: StringConditions, _ numbers: NumberConditions, _ objects: ObjectConditions) {
        blueprint = strings.blueprint
        self.strings = strings
        self.numbers = numbers
        self.objects = objects
    }

    /// Whether a search is on, so that an answer may rest on what the search assumes.
    var isSearching: Bool { !probing.isEmpty }

    /// Whether some value satisfies a formula over schemas.
    func inhabited(_ formula: Formulas.ID) -> Bool {
        if formula <= Formulas.yes { return formula == Formulas.yes }
        if let verdict = known[formula] { return verdict }
        // A schema that needs itself inside itself has no finite value by that way.
        guard probing.insert(formula).inserted else { return false }
        defer { probing.remove(formula) }
        if probing.count == 1 { budget = 2_000 }
        budget -= 1
        if budget < 0 || probing.count > 200 { return true }
        guard patterns.allowance.take(Inhabitants.schemaCost) else {
            // Kept, so that what one step let through the next one does not refuse.
            known[formula] = true
            return true
        }
        let order: [ValueStart] = [.string, .object, .number, .array, .yes, .no, .null]
        let verdict = order.contains { start in
            let result = typed(formula, start)
            return result != Formulas.no && inhabited(result, start)
        }
        // A "no" below an assumption may be due to the assumption.
        if verdict || probing.count == 1 { known[formula] = verdict }
        return verdict
    }

    /// Whether some value that starts so satisfies a formula over that kind's leaves.
    func inhabited(_ formula: Formulas.ID, _ start: ValueStart) -> Bool {
        if formula <= Formulas.yes { return formula == Formulas.yes }
        if start == .null || start == .yes || start == .no { return true }
        let key = UInt64(UInt32(bitPattern: formula)) << 8 | UInt64(start.rawValue)
        if let verdict = knownTyped[key] { return verdict }
        let topmost = probing.isEmpty
        if topmost { budget = 2_000 }
        guard let ways = formulas.branches(formula, limit: 64, onlyHolding: true) else { return true }
        let verdict = ways.contains { way in
            let positive = way.map(\.leaf)
            switch start {
            case .string: return hasString(positive)
            case .number: return hasNumber(positive)
            case .array: return hasArray(positive)
            default: return hasObject(positive)
            }
        }
        if verdict || topmost { knownTyped[key] = verdict }
        return verdict
    }

    private func hasNumber(_ leaves: [Leaf]) -> Bool {
        var spec = NumberSpec()
        for case .number(let schema) in leaves {
            let own = numbers.numberSpec(schema)
            spec.isIntegral = spec.isIntegral || own.isIntegral
            spec.isPlain = spec.isPlain || own.isPlain
            spec.add(graph.nodes[Int(schema)].bounds)
            if let values = own.values {
                spec.values = spec.values?.intersection(values) ?? values
            }
        }
        if let values = spec.values {
            return values.canComplete([]) { spec.accepts($0, isPlain: NumberSpec.isPlain($1)) }
        }
        if spec.canComplete(Array("-".utf8)) { return true }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains { spec.canComplete([$0]) }
    }

    private func hasString(_ leaves: [Leaf]) -> Bool {
        var components: [StringComponent] = []
        var minimum = 0
        var maximum = Int.max
        for case .string(let schema, let keyword) in leaves {
            if keyword == .length {
                minimum = max(minimum, graph.nodes[Int(schema)].string.minLength)
                maximum = min(maximum, graph.nodes[Int(schema)].string.maxLength ?? Int.max)
            } else if let component = strings.component(schema, keyword) {
                components.append(component)
            }
        }
        if minimum > maximum { return false }
        if let set = components.compactMap({ component -> FiniteSet? in
            if case .finite(let set) = component { set } else { nil }
        }).first {
            // A finite language: try its members.
            return set.members.contains { member in
                let length = member.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
                return length >= minimum && length <= maximum
                    && components.allSatisfy { component in
                        var state: Int32 = 1
                        for byte in member where state != 0 { state = component.step(state, byte) }
                        return state != 0 && component.accepts(state)
                    }
            }
        }
        if components.isEmpty { return true }
        return hasCommonString(components, minimum, maximum)
    }

    /// Breadth first over the product of the components, counting characters up to where the bounds matter.
    private func hasCommonString(_ components: [StringComponent], _ minimum: Int, _ maximum: Int) -> Bool {
        struct State: Hashable {
            var parts: [Int32]
            var count: Int
        }
        let top = maximum == Int.max ? minimum : maximum + 1
        let start = State(parts: [Int32](repeating: 1, count: components.count), count: 0)
        var seen: Set<State> = [start]
        var queue = [start]
        var index = 0
        var letters: [UInt8] = []
        var signatures: Set<[UInt8]> = []
        for byte in UInt8(0)...0xF4 {
            let signature = components.map { component -> UInt8 in
                if case .pattern(let automaton) = component { automaton.classOf[Int(byte)] } else { byte }
            }
            if signatures.insert(signature).inserted { letters.append(byte) }
        }
        while index < queue.count {
            let here = queue[index]
            index += 1
            if here.count >= minimum, here.count <= maximum,
                zip(components, here.parts).allSatisfy({ $0.accepts($1) })
            {
                return true
            }
            if seen.count > 4_000 || !patterns.allowance.take(letters.count) { return true }
            for byte in letters {
                var next = here
                if byte & 0xC0 != 0x80 { next.count = min(next.count + 1, top) }
                if next.count > maximum { continue }
                for part in components.indices {
                    next.parts[part] = components[part].step(here.parts[part], byte)
                }
                if !next.parts.contains(0), seen.insert(next).inserted { queue.append(next) }
            }
        }
        return false
    }

    private func hasArray(_ leaves: [Leaf]) -> Bool {
        var minimum = 0
        var maximum = Int.max
        var positions = 0
        let schemas = leaves.compactMap { leaf -> Int32? in
            if case .array(let schema, _) = leaf { schema } else { nil }
        }
        for schema in schemas {
            let node = graph.nodes[Int(schema)]
            var least = node.array.minItems
            if let contains = node.array.contains.schema, node.array.contains.minimum > 0 {
                least = max(least, node.array.contains.minimum)
                if let most = node.array.contains.maximum, most < node.array.contains.minimum { return false }
                if !inhabited(formulas.leaf(.schema(contains))) { return false }
            }
            minimum = max(minimum, least)
            maximum = min(maximum, node.array.maxItems ?? Int.max)
            positions = max(positions, node.array.prefix.count)
        }
        if minimum > maximum { return false }
        for index in 0..<min(minimum, positions + 1) {
            let items = schemas.compactMap { schema -> Formulas.ID? in
                let node = graph.nodes[Int(schema)]
                let item = index < node.array.prefix.count ? node.array.prefix[index] : node.array.items
                return item.map { formulas.leaf(.schema($0)) }
            }
            if !inhabited(formulas.all(items)) { return false }
        }
        return true
    }

    private func hasObject(_ leaves: [Leaf]) -> Bool {
        let schemas = leaves.compactMap { leaf -> Int32? in
            if case .object(let schema) = leaf { schema } else { nil }
        }
        if schemas.isEmpty { return true }
        var required: Set<Int32> = []
        var maximum = Int.max
        var minimum = 0
        for schema in schemas {
            let node = graph.nodes[Int(schema)]
            required.formUnion(node.object.required)
            maximum = min(maximum, node.object.maxProperties ?? Int.max)
            minimum = max(minimum, node.object.minProperties)
        }
        if required.count > maximum || minimum > maximum { return false }
        if required.isEmpty, minimum == 0 { return true }
        let members = objects.objectMembers(formulas.all(schemas.map { formulas.leaf(.object($0)) }))
        let reachable = required.allSatisfy { key in
            members.shape.rankOfKey[key].map { objects.namedMember(members, $0, self) != nil } ?? true
        }
        if !reachable { return false }
        if minimum > required.count, !objects.allowsOthers(members, self) {
            var possible = 0
            for rank in members.shape.keys.indices where objects.namedMember(members, rank, self) != nil {
                possible += 1
            }
            return possible >= minimum
        }
        return true
    }
}
