import Masking

/// What the mask fixes beyond the schemas; the workflow says it, the journal keeps it, explanations name it as policy.
public struct MaskSettings: Sendable, Hashable {
    /// In which order the keys of an object may come.
    public enum Keys: String, Sendable, Hashable, CaseIterable {
        /// In any order, as a schema says.
        case any
        /// In the schema's order.
        case schema
    }

    /// The white space between the tokens of JSON.
    public enum Spaces: String, Sendable, Hashable, CaseIterable {
        /// None.
        case compact
        /// None, or one space after a comma or a colon: as models write.
        case one
        /// Any, in runs that end.
        case any
    }

    /// The order of keys.
    public var keys: Keys
    /// The white space.
    public var spaces: Spaces

    /// Settings; as models write, with keys in any order, by default.
    public init(keys: Keys = .any, spaces: Spaces = .one) {
        self.keys = keys
        self.spaces = spaces
    }

    /// The same for a grammar.
    public var options: GrammarOptions {
        let whiteSpace: WhiteSpace =
            switch spaces {
            case .compact: .compact
            case .one: .spaced
            case .any: .any()
            }
        return GrammarOptions(whiteSpace: whiteSpace, keyOrder: keys == .any ? .any : .schema)
    }
}
