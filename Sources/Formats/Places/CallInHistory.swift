import JSON

/// A call in the history that a client sends.
public struct CallInHistory: Sendable {
    /// The call's ID; where the client gives none, its number in the conversation as `call_N`.
    public let id: String
    /// The tool's name, without the namespace in which the tool stands.
    public let name: String
    /// The object that holds all of the call.
    private let holder: JSONPlace
    private let nameRange: Range<Int>
    private let argumentsPlace: JSONPlace?
    /// Whether the arguments are free text, told as `{"input": …}`.
    private let isFreeText: Bool

    init(
        id: String, name: String, holder: JSONPlace, nameRange: Range<Int>, arguments: JSONPlace?,
        isFreeText: Bool
    ) {
        self.id = id
        self.name = name
        self.holder = holder
        self.nameRange = nameRange
        argumentsPlace = arguments
        self.isFreeText = isFreeText
    }

    /// The arguments as the call of a response carries them.
    public var arguments: String {
        guard let place = argumentsPlace else { return "" }
        let text = place.string ?? String(decoding: place.raw, as: UTF8.self)
        return isFreeText ? JSONValue.object(CustomInput.object(text)).text() : text
    }

    /// Whether it is a call of the tool that a response names so, in its namespace or without it.
    public func isNamed(_ told: String) -> Bool {
        let shown = ToolNamespace.name(name, in: holder["namespace"]?.string)
        return name.utf8.elementsEqual(told.utf8) || shown.utf8.elementsEqual(told.utf8)
    }

    /// Whether it has these arguments, as a response told them, however the client writes them.
    public func hasArguments(_ told: String) -> Bool {
        if isFreeText, let text = argumentsPlace?.string {
            return text.utf8.elementsEqual(CustomInput.text(of: told).utf8)
        }
        let own = arguments
        if own.utf8.elementsEqual(told.utf8) { return true }
        // Clients write objects anew: other spaces, other escapes.
        guard let theirs = try? JSONParser.parse(own), let ours = try? JSONParser.parse(told) else {
            return false
        }
        return theirs.isEquivalent(to: ours)
    }

    /// Gives the call the name that a response told.
    public func rename(to told: String, in splices: inout ByteSplices) {
        splices.replace(
            nameRange, withString: ToolNamespace.bare(told, in: holder["namespace"]?.string))
    }

    /// Gives the call the arguments that a response told.
    public func setArguments(_ told: String, in splices: inout ByteSplices) {
        guard let place = argumentsPlace else { return }
        if isFreeText {
            splices.replace(place.range, withString: CustomInput.text(of: told))
        } else if place.string != nil {
            splices.replace(place.range, withString: told)
        } else {
            splices.replace(place.range, with: Array(told.utf8))
        }
    }

    /// Puts the item that a response had in the place of the whole call; it has no ID of its own where the client gives none.
    public func replace(byItem item: String, in splices: inout ByteSplices) {
        guard var object = (try? JSONParser.parse(item))?.objectValue else { return }
        if holder["id"] == nil { object["id"] = nil }
        splices.replace(holder.range, with: Array(JSONValue.object(object).text().utf8))
    }
}

/// The group of tools in which Responses may put a tool, and which its calls then name beside it.
enum ToolNamespace {
    /// The name by which such a tool is known here: `collaboration.spawn_agent`; those of `functions` are called by their own.
    static func name(_ name: String, in namespace: String?) -> String {
        guard let namespace, !namespace.isEmpty, !namespace.utf8.elementsEqual("functions".utf8) else {
            return name
        }
        return "\(namespace).\(name)"
    }

    /// The tool's own name.
    static func bare(_ name: String, in namespace: String?) -> String {
        guard let namespace, name.utf8.starts(with: "\(namespace).".utf8) else { return name }
        return String(decoding: name.utf8.dropFirst(namespace.utf8.count + 1), as: UTF8.self)
    }
}
