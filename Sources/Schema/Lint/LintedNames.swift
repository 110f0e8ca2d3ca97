/// The names of a catalogue, to find those that differ by little without comparing each with each.
struct LintedNames {
    /// The names before one that are like it.
    struct Near {
        /// Whether one is the same.
        var isTaken = false
        /// Those within one character, and those of the same words in another order, as they came.
        var others: [String] = []
    }

    private var names: [String] = []
    private var orders: [[String]: [Int]] = [:]
    private var whole: [String: [Int]] = [:]
    /// By each name without one of its characters, and by each with one of them hidden.
    private var shorter: [String: [Int]] = [:]
    private var hidden: [String: [Int]] = [:]

    /// Adds a name with its words in order.
    /// - Returns: what is like it among those before.
    mutating func add(_ name: String, words: [String]) -> Near {
        let folded = name.lowercased()
        let (without, hiding) = LintedNames.variants(of: folded)
        var found = Set(orders[words] ?? []).union(whole[folded] ?? []).union(shorter[folded] ?? [])
        for key in without { found.formUnion(whole[key] ?? []) }
        for key in hiding { found.formUnion(hidden[key] ?? []) }
        var near = Near()
        for place in found.sorted() {
            if names[place] == name { near.isTaken = true } else { near.others.append(names[place]) }
        }
        orders[words, default: []].append(names.count)
        whole[folded, default: []].append(names.count)
        for key in without { shorter[key, default: []].append(names.count) }
        for key in hiding { hidden[key, default: []].append(names.count) }
        names.append(name)
        return near
    }

    /// A name without each of its characters, and with each of them hidden.
    private static func variants(of name: String) -> (without: Set<String>, hiding: Set<String>) {
        // Names are short; of a long one nobody could tell the difference.
        guard name.utf8.count <= 128 else { return ([], []) }
        let characters = Array(name)
        var (without, hiding): (Set<String>, Set<String>) = ([], [])
        for index in characters.indices {
            var changed = characters
            changed[index] = "\u{0}"
            hiding.insert(String(changed))
            changed.remove(at: index)
            without.insert(String(changed))
        }
        return (without, hiding)
    }
}
