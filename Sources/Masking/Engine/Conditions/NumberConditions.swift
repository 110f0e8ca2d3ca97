import JSON

/// Numbers: what a formula over number keywords comes to while a number is written.
final class NumberConditions: Grounded {
    let blueprint: Blueprint
    private var interned = Interned<NumberState>()
    private var specs: [Int32: NumberSpec] = [:]
    private var alternatives: [Formulas.ID: NumberAlternatives] = [:]

    /// Ranges of whole numbers up to this width are tried number by number.
    static let widestRange = 64

    init(_ blueprint: Blueprint) { self.blueprint = blueprint }

    /// The numbers being written, by number.
    var states: [NumberState] { interned.values }

    func numberState(_ state: NumberState) -> Int32 {
        interned.intern(state)
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
        if let known = specs[schema] { return known }
        let node = graph.nodes[Int(schema)]
        var spec = NumberSpec()
        spec.isIntegral = node.general.isIntegral
        spec.isPlain = node.general.isIntegral && node.general.integersHaveNoPoint
        spec.add(node.bounds)
        spec.values = node.general.values.map { NumberValues(listed: $0.compactMap(\.numberValue)) }
        specs[schema] = spec
        return spec
    }

    /// Forgets a schema whose list of values has changed.
    func forgetSpec(of schema: Int32) { specs[schema] = nil }

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
                        let few = spec.wholeNumbers(atMost: NumberConditions.widestRange)
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

    func advance(_ state: NumberState, _ place: NumberPlace, _ byte: UInt8) -> NumberState? {
        if state.formula == Formulas.yes {
            return NumberState(formula: state.formula, place: place, text: [])
        }
        let alternatives = numberAlternatives(state.formula)
        if !alternatives.needsText {
            if alternatives.isPlain, place == .point || place == .exponent { return nil }
            if alternatives.onlyIntegral {
                if place == .fraction, byte != 0x30 { return nil }
                if place == .exponentSign, byte == UInt8(ascii: "-") { return nil }
            }
            return NumberState(formula: state.formula, place: place, text: [])
        }
        let text = state.text + [byte]
        guard text.count <= 400, alternatives.canComplete(text) else { return nil }
        return NumberState(formula: state.formula, place: place, text: text)
    }
}
