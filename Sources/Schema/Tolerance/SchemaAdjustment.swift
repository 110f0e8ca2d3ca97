import JSON

/// One change that made a stranger's schema usable.
public struct SchemaAdjustment: Sendable, Hashable, CustomStringConvertible {
    /// What became of the keyword.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Written anew with the same meaning.
        case translated
        /// Taken out: less is asked of the arguments than the schema meant to ask.
        case ignored
        /// Taken out, and nothing is lost by it.
        case dropped
    }

    /// Where the keyword stands in the schema as it was given.
    public var pointer: JSONPointer
    /// What became of it.
    public var kind: Kind
    /// Why, in words.
    public var reason: String

    /// An adjustment of the given parts.
    public init(pointer: JSONPointer, kind: Kind, reason: String) {
        self.pointer = pointer
        self.kind = kind
        self.reason = reason
    }

    /// One line: the place, what became of it, why, and the consequence.
    public var description: String {
        let place = pointer.tokens.isEmpty ? "the root" : "\(pointer)"
        return switch kind {
        case .translated: "\(place) is read as what it means: \(reason)"
        case .ignored:
            "\(place) is ignored: \(reason); the mask lets more through there and validation does not check it"
        case .dropped: "\(place) is left out: \(reason)"
        }
    }
}
