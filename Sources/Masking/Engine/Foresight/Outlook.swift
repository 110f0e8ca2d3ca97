/// What is to be expected from a place in the text.
enum Outlook: UInt8 {
    /// Some way leads to the end.
    case alive
    /// None does.
    case doomed
    /// It would take too long to find out.
    case unclear
}

extension Foresight {
    /// Where more conditions than this are open at once, no way is searched for: each step would take too long.
    static let mostConditions = 100

    /// The place after a byte, as far as it can be completed.
    ///
    /// A string, a number or a key that begins is narrowed to what can be completed; other places are taken or
    /// refused whole.
    func foreseen(_ from: Int32, _ byte: UInt8, _ target: Int32) -> Int32 {
        guard target >= 0, entanglement.isPresent else { return target }
        let next = configuration(target)
        switch next.place {
        case .string:
            guard beginsValue(configuration(from).place) else { return target }
            return narrowString(next, target)
        case .number:
            guard beginsValue(configuration(from).place) else { return target }
            return narrowNumber(next, target, byte)
        case .key:
            switch configuration(from).place {
            case .objectOpen, .objectComma: return narrowKey(next, target)
            default: return target
            }
        case .done, .resolve, .text, .fixed, .name, .between: return target
        default: return isDoomed(target) ? Configuration.dead : target
        }
    }

    private func beginsValue(_ place: Place) -> Bool { place == .value || place == .arrayOpen }

    /// Whether no way leads from a place to the end.
    func isDoomed(_ id: Int32) -> Bool { outlook(id) == .doomed }

    /// What is to be expected from a place.
    func outlook(_ id: Int32) -> Outlook {
        guard entanglement.isPresent else { return .alive }
        if let known = knownOutlook(id) { return known }
        let verdict = findOutlook(id)
        setOutlook(id, verdict)
        return verdict
    }

    private func findOutlook(_ id: Int32) -> Outlook {
        let here = configuration(id)
        if isSettled(here) { return contradictsItself(here) ? .doomed : .alive }
        if openConditions(here) > Foresight.mostConditions { return .unclear }
        if standsAlone(here) { return isUnsatisfiable(here.formula) ? .doomed : .alive }
        var search = CompletionSearch(self)
        return search.outlook(of: id)
    }

    func setOutlook(_ id: Int32, _ outlook: Outlook) {
        let index = Int(id)
        if index >= outlooks.count {
            outlooks.append(contentsOf: repeatElement(nil, count: index + 1 - outlooks.count))
        }
        outlooks[index] = outlook
    }

    /// What has been found out about a place.
    func knownOutlook(_ id: Int32) -> Outlook? {
        outlooks.indices.contains(Int(id)) ? outlooks[Int(id)] : nil
    }

    /// Whether an object or array, of whose alternatives one list of conditions is left, cannot meet them all.
    func contradictsItself(_ here: Configuration) -> Bool {
        let open = frame(here.frame)
        switch here.place {
        case .objectOpen, .objectComma, .objectAfter:
            let conditions = formulas.conjuncts(open.formula)
            guard conditions.count > 1 else { return false }
            let members = objects.objectMembers(open.formula)
            let seen = seenKeys(open.seen)
            let missing = members.required.filter { !seen.contains($0) }
            if let most = members.maximum, Int(seen.count) + missing.count > most { return true }
            return missing.contains { key in
                members.shape.rankOfKey[key].map { objects.namedMember(members, $0, inhabitants) == nil }
                    ?? false
            }
        case .arrayOpen, .arrayAfter:
            let arrays = formulas.leaves(of: open.formula).compactMap { leaf -> ArrayKeywords? in
                if case .array(let schema, _) = leaf { graph.nodes[Int(schema)].array } else { nil }
            }
            guard arrays.count > 1, let least = arrays.map(\.minItems).max() else { return false }
            if let most = arrays.compactMap(\.maxItems).min(), most < least { return true }
            guard Int(open.seen) < least else { return false }
            return transitions.beginItem(here.frame).map { !inhabitants.inhabited($0.formula) } ?? true
        default: return false
        }
    }

    /// How many conditions are open at a place.
    func openConditions(_ here: Configuration) -> Int {
        let around = formulas.leaves(of: frame(here.frame).formula).count
        switch here.place {
        case .value, .colon: return around + formulas.leaves(of: here.formula).count
        case .literal: return around + formulas.leaves(of: here.outcome).count
        default: return around
        }
    }

    /// Whether a place before a value owes nothing to its surroundings: then the value's fate is its own.
    func standsAlone(_ here: Configuration) -> Bool {
        guard here.place == .value || here.place == .colon, isPlain(frame: here.frame) else { return false }
        return !owes(here.formula)
    }

    /// Whether what a value turns out to be decides about the values around it.
    func owes(_ formula: Formulas.ID) -> Bool {
        formulas.leaves(of: formula).contains { if case .outer = $0 { true } else { false } }
    }

    /// Whether no value at all satisfies a formula over schemas, found by search where it is entangled.
    func isUnsatisfiable(_ formula: Formulas.ID) -> Bool {
        if formula == Formulas.no { return true }
        if isPlain(formula) { return false }
        if let known = unsatisfiable[formula] { return known }
        let frame = intern(Frame(kind: .root, parent: -1, depth: 0))
        var search = CompletionSearch(self)
        let verdict = search.outlook(of: intern(Configuration(.value, a: formula, frame: frame))) == .doomed
        unsatisfiable[formula] = verdict
        return verdict
    }

    /// Whether a place lies where the automaton's own look ahead is enough.
    func isSettled(_ here: Configuration) -> Bool {
        switch here.place {
        case .done, .text, .fixed, .name, .between: return true
        case .value, .colon: return isPlain(frame: here.frame) && isPlain(here.formula)
        case .string: return isPlain(frame: here.frame) && !owes(strings.specs[Int(here.spec)].formula)
        case .number: return isPlain(frame: here.frame) && !owes(numbers.states[Int(here.number)].formula)
        case .literal: return isPlain(frame: here.frame) && !owes(here.outcome)
        default: return isPlain(frame: here.frame)
        }
    }

    /// Whether a formula over schemas asks for nothing entangled.
    func isPlain(_ formula: Formulas.ID) -> Bool {
        if formula <= Formulas.yes { return true }
        if let known = plainFormulas[formula] { return known }
        let verdict = formulas.conjuncts(formula).allSatisfy { part in
            guard case .leaf(.schema(let schema)) = formulas.nodes[Int(part)] else { return false }
            return !entanglement.reachesEntangled(schema)
        }
        plainFormulas[formula] = verdict
        return verdict
    }

    /// Whether nothing that a frame, or one around it, still asks for is entangled.
    func isPlain(frame id: Int32) -> Bool {
        if id < 0 { return true }
        let index = Int(id)
        if index >= plainFrames.count {
            plainFrames.append(contentsOf: repeatElement(0, count: index + 1 - plainFrames.count))
        }
        if plainFrames[index] != 0 { return plainFrames[index] == 1 }
        let frame = frame(id)
        let verdict =
            formulas.conjuncts(frame.formula).allSatisfy { part in
                guard case .leaf(let leaf) = formulas.nodes[Int(part)] else { return false }
                switch leaf {
                case .object(let schema), .array(let schema, _): return !entanglement.isEntangled(schema)
                case .check: return true
                default: return false
                }
            } && isPlain(frame: frame.parent)
        plainFrames[index] = verdict ? 1 : 2
        return verdict
    }
}
