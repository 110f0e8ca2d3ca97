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

    /// Whether a response calls tools.
    public enum Calls: Sendable, Hashable {
        /// As the model likes.
        case auto
        /// It must call at least one.
        case required
        /// It may call none.
        case never
        /// It must call that tool.
        case tool(String)

        /// The word for it: `auto`, `required`, `none` or the tool's name.
        public var name: String {
            switch self {
            case .auto: "auto"
            case .required: "required"
            case .never: "none"
            case .tool(let name): name
            }
        }

        /// What the word stands for.
        public init(name: String) {
            switch name {
            case "auto": self = .auto
            case "required": self = .required
            case "none": self = .never
            default: self = .tool(name)
            }
        }
    }

    /// The order of keys.
    public var keys: Keys
    /// The white space.
    public var spaces: Spaces
    /// Whether a response calls tools.
    public var calls: Calls

    /// Settings; as models write, with keys in any order and calls as the model likes, by default.
    public init(keys: Keys = .any, spaces: Spaces = .one, calls: Calls = .auto) {
        self.keys = keys
        self.spaces = spaces
        self.calls = calls
    }

    /// The same for the grammar of a turn.
    public var choice: CallChoice {
        switch calls {
        case .auto: .auto
        case .required: .required
        case .never: .none
        case .tool(let name): .tool(name)
        }
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
