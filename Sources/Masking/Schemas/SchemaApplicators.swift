/// The schemas that a schema applies to the very value that it is held against (2020-12 core, section 10.2).
struct InPlaceApplicators {
    var reference: Int32?
    var allOf: [Int32] = []
    var anyOf: [Int32] = []
    var oneOf: [Int32] = []
    var not: Int32?
    var condition: Int32?
    var consequent: Int32?
    var alternative: Int32?

    /// All of them.
    var all: [Int32] {
        allOf + anyOf + oneOf + [reference, not, condition, consequent, alternative].compactMap { $0 }
    }
}

/// The schemas for the parts of a value that other keywords have left over (2020-12 core, section 11).
struct UnevaluatedKeywords {
    var items: Int32?
    var properties: Int32?
    /// What can be said of unevaluated members and items before the value closes: schemas that hold whenever the
    /// keywords do.
    var foreseenItems: Int32?
    var foreseenProperties: Int32?
    /// Whether the closed value decides as well, because alternatives evaluate different parts.
    var checksItems = false
    var checksProperties = false

    /// Whether the closed value decides about any part.
    var checksText: Bool { checksItems || checksProperties }

    /// All schemas that the keywords lead to.
    var all: [Int32] { [items, properties, foreseenItems, foreseenProperties].compactMap { $0 } }
}
