/// Whether what has been written can be completed, where the automaton's next transitions do not show it.
///
/// The automaton itself follows keywords one by one. What it lets through is looked at once more here: a place from which
/// no way leads to the end is taken for dead, so that the mask does not lead into it.
extension Automaton {
    private static let alive: UInt8 = 1
    private static let doomed: UInt8 = 2

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
        default: return isDoomed(target) ? Automaton.dead : target
        }
    }

    private func beginsValue(_ place: Place) -> Bool { place == .value || place == .arrayOpen }

    /// Whether no way leads from a place to the end.
    func isDoomed(_ id: Int32) -> Bool {
        guard entanglement.isPresent else { return false }
        let index = Int(id)
        if index >= outlooks.count {
            outlooks.append(contentsOf: repeatElement(0, count: index + 1 - outlooks.count))
        }
        switch outlooks[index] {
        case Automaton.alive: return false
        case Automaton.doomed: return true
        default: break
        }
        let verdict = findDoom(id)
        setOutlook(id, isDoomed: verdict)
        return verdict
    }

    private func findDoom(_ id: Int32) -> Bool {
        let here = configuration(id)
        if isSettled(here) { return false }
        if standsAlone(here) { return isUnsatisfiable(here.a) }
        var search = CompletionSearch(self)
        return search.isDoomed(id)
    }

    /// Whether a place before a value owes nothing to its surroundings: then the value's fate is its own.
    func standsAlone(_ here: Configuration) -> Bool {
        guard here.place == .value || here.place == .colon, isPlain(frame: here.frame) else { return false }
        return !formulas.leaves(of: here.a).contains { if case .outer = $0 { true } else { false } }
    }

    func setOutlook(_ id: Int32, isDoomed: Bool) {
        let index = Int(id)
        if index >= outlooks.count {
            outlooks.append(contentsOf: repeatElement(0, count: index + 1 - outlooks.count))
        }
        outlooks[index] = isDoomed ? Automaton.doomed : Automaton.alive
    }

    /// What is known of a place without a search: whether it is doomed.
    func knownOutlook(_ id: Int32) -> Bool? {
        let index = Int(id)
        guard index < outlooks.count else { return nil }
        switch outlooks[index] {
        case Automaton.alive: return false
        case Automaton.doomed: return true
        default: return nil
        }
    }

    /// Whether no value at all satisfies a formula over schemas, found by search where it is entangled.
    func isUnsatisfiable(_ formula: Formulas.ID) -> Bool {
        if formula == Formulas.no { return true }
        if isPlain(formula) { return false }
        if let known = unsatisfiable[formula] { return known }
        let frame = intern(Frame(kind: .root, parent: -1, depth: 0))
        var search = CompletionSearch(self)
        let verdict = search.isDoomed(intern(Configuration(.value, a: formula, frame: frame)))
        unsatisfiable[formula] = verdict
        return verdict
    }

    /// Whether a place lies where the automaton's own look ahead is enough.
    func isSettled(_ here: Configuration) -> Bool {
        switch here.place {
        case .done, .text, .fixed, .name, .between: return true
        case .value, .colon: return isPlain(frame: here.frame) && isPlain(here.a)
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
