import JSON
import Schema

/// What became of a stranger's tool definition that could not be used as it was given.
public struct CatalogueNote: Sendable, Hashable, CustomStringConvertible {
    /// What was done.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A keyword is read as what it means in another dialect.
        case translated
        /// A keyword is ignored: the mask lets more through, and validation does not check it.
        case ignored
        /// A keyword that asks for nothing is left out.
        case dropped
        /// The whole tool is left out: the model is not told of it, and a call of it gets an error.
        case setAside = "set aside"
    }

    /// The tool's name, as given.
    public var tool: String
    /// What was done.
    public var kind: Kind
    /// Where in its schema; `nil` for the tool itself.
    public var pointer: JSONPointer?
    /// Why, in words.
    public var reason: String

    /// A note of the given parts.
    public init(tool: String, kind: Kind, pointer: JSONPointer? = nil, reason: String) {
        self.tool = tool
        self.kind = kind
        self.pointer = pointer
        self.reason = reason
    }

    /// What was changed in a tool's schema.
    public init(_ tool: String, _ adjustment: SchemaAdjustment) {
        let kind: Kind =
            switch adjustment.kind {
            case .translated: .translated
            case .ignored: .ignored
            case .dropped: .dropped
            }
        self.init(tool: tool, kind: kind, pointer: adjustment.pointer, reason: adjustment.reason)
    }

    /// What was done, where, why and with which consequence; the tool's name does not stand in it.
    public var sentence: String {
        let place = pointer.map { $0.tokens.isEmpty ? "the schema's root" : "\($0)" } ?? "the tool"
        return switch kind {
        case .translated: "\(place) is read as what it means: \(reason)"
        case .ignored:
            "\(place) is ignored: \(reason); the mask lets more through there and validation does not check it"
        case .dropped: "\(place) is left out: \(reason)"
        case .setAside: "set aside: \(reason)"
        }
    }

    /// One line: the tool and the sentence.
    public var description: String { "\(tool.isEmpty ? "(a tool without a name)" : tool): \(sentence)" }
}
