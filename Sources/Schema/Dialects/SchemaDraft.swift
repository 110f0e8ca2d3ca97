/// A draft of JSON Schema that is understood here, older ones first.
public enum SchemaDraft: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// Draft 4 (2013).
    case draft4
    /// Draft 6 (2017).
    case draft6
    /// Draft 7 (2018).
    case draft7
    /// Draft 2019-09.
    case draft2019
    /// Draft 2020-12.
    case draft2020

    /// The URI of the draft's metaschema, without a fragment.
    public var metaschema: String {
        switch self {
        case .draft4: "http://json-schema.org/draft-04/schema"
        case .draft6: "http://json-schema.org/draft-06/schema"
        case .draft7: "http://json-schema.org/draft-07/schema"
        case .draft2019: "https://json-schema.org/draft/2019-09/schema"
        case .draft2020: "https://json-schema.org/draft/2020-12/schema"
        }
    }

    /// What people call the draft.
    public var name: String {
        switch self {
        case .draft4: "draft 4"
        case .draft6: "draft 6"
        case .draft7: "draft 7"
        case .draft2019: "draft 2019-09"
        case .draft2020: "draft 2020-12"
        }
    }

    /// The draft that a `$schema` names; `http` and `https` count as the same, as does an empty fragment.
    ///
    /// `json-schema.org/schema` names the latest, draft 5 has the rules of draft 4, and a hyper-schema those of its draft.
    public init?(metaschema uri: String) {
        func bare(_ text: String) -> Substring {
            let text = text.hasSuffix("#") ? text.dropLast() : text[...]
            return text.hasPrefix("https://")
                ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : text
        }
        let uri = bare(uri).split(separator: "/").map { $0 == "hyper-schema" ? "schema" : $0 }.joined(
            separator: "/")
        switch uri {
        case "json-schema.org/schema": self = .draft2020
        case "json-schema.org/draft-05/schema": self = .draft4
        default: self.init(address: uri)
        }
    }

    private init?(address uri: String) {
        func bare(_ text: String) -> Substring { text.drop { $0 != ":" }.dropFirst(3) }
        guard let draft = SchemaDraft.allCases.first(where: { bare($0.metaschema) == uri }) else {
            return nil
        }
        self = draft
    }

    /// By age.
    public static func < (left: SchemaDraft, right: SchemaDraft) -> Bool { left.rawValue < right.rawValue }

    /// The keyword that names a schema resource.
    var identifierKeyword: String { self == .draft4 ? "id" : "$id" }

    /// Whether `$ref` makes everything beside it void (up to draft 7).
    package var ignoresSiblingsOfReferences: Bool { self <= .draft7 }
}

/// A set of keywords with a common purpose (2020-12 core, section 8.1.2).
package enum SchemaVocabulary: String, Sendable, Hashable, CaseIterable {
    case core, applicator, unevaluated, validation, content
    case metaData = "meta-data"
    case formatAnnotation = "format-annotation"
    case formatAssertion = "format-assertion"
}

/// What the keywords of a schema resource mean: its draft, and the vocabularies that its metaschema switches on.
package struct Dialect: Sendable, Hashable {
    /// The draft whose rules hold.
    package var draft: SchemaDraft
    /// The vocabularies in use; all but format-assertion where the metaschema says nothing.
    package var vocabularies: Set<SchemaVocabulary>

    /// The dialect of a draft's own metaschema.
    package init(_ draft: SchemaDraft) {
        self.draft = draft
        vocabularies = Set(SchemaVocabulary.allCases).subtracting([.formatAssertion])
    }

    /// Whether the keyword says something here.
    package func has(_ keyword: SchemaKeyword) -> Bool {
        guard keyword.drafts.contains(draft) else { return false }
        if keyword.vocabulary == .formatAnnotation, vocabularies.contains(.formatAssertion) { return true }
        return vocabularies.contains(keyword.vocabulary)
    }
}
