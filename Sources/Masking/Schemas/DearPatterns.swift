extension SchemaGraph {
    /// Whether some pattern may take long to follow, or several that can make many states are held against one string.
    func hasDearPatterns(_ patterns: PatternLibrary) -> Bool {
        let growing = nodes.map { node in
            [node.string.pattern, node.string.format].compactMap { $0?.automaton }.filter(\.mayGrow)
        }
        if growing.allSatisfy(\.isEmpty) { return false }
        if growing.contains(where: { $0.contains(where: patterns.isDear) }) { return true }
        var together = [Int?](repeating: nil, count: nodes.count)
        /// How many such patterns a schema and those applied in place hold a string against, or two for more.
        func count(_ schema: Int32) -> Int {
            if let known = together[Int(schema)] { return known }
            // A schema that refers to itself asks for nothing more.
            together[Int(schema)] = 0
            let own = growing[Int(schema)].count
            let counted = nodes[Int(schema)].inPlace.all.reduce(own) { min(2, $0 + count($1)) }
            together[Int(schema)] = counted
            return counted
        }
        return nodes.indices.contains { count(Int32($0)) > 1 }
    }
}
