import Agent
import JSON

/// The definitions of tools as they were when somebody trusted them, by the source that they came from.
///
/// Kept as JSON beside the workflow, to be looked at and committed with it: of each tool the whole definition, so that a
/// change can be shown, and its SHA-256, so that it can be named.
public struct DefinitionPins: Sendable, Hashable {
    /// One tool.
    public struct Pin: Sendable, Hashable {
        /// Where the tool comes from: a server's name, or the kind of the source.
        public var source: String
        /// Its definition.
        public var definition: ToolDefinition

        /// A pin of the given parts.
        public init(source: String, definition: ToolDefinition) {
            self.source = source
            self.definition = definition
        }

        /// SHA-256 over name, description and schema, each with its length before it, so that no part can pass for
        /// another's end.
        public var hash: String {
            var hash = SHA256()
            for part in [definition.name, definition.description, definition.parameters.text()] {
                hash.update("\(part.utf8.count):".utf8)
                hash.update(part.utf8)
            }
            return hash.hex()
        }
    }

    /// The pins, in the order of the catalogue.
    public let pins: [Pin]
    /// The place of the first pin of each source and name.
    private let places: [[ByteString]: Int]

    /// Pins of the given tools.
    public init(_ pins: [Pin]) {
        self.pins = pins
        places = Dictionary(
            pins.enumerated().map { ([ByteString($1.source), ByteString($1.definition.name)], $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The pin of a source's tool of that name.
    public func pin(source: String, name: String) -> Pin? {
        places[[ByteString(source), ByteString(name)]].map { pins[$0] }
    }

    /// A definition with how it stands to its pin.
    public func marked(_ definition: ToolDefinition, source: String) -> ToolDefinition {
        var marked = definition
        marked.drift = DefinitionDrift(
            definition, pinned: pin(source: source, name: definition.name)?.definition)
        return marked
    }

    /// The file's text.
    public var text: String {
        let entries: [JSONValue] = pins.map { pin in
            [
                "source": .string(pin.source), "name": .string(pin.definition.name),
                "sha256": .string(pin.hash), "description": .string(pin.definition.description),
                "parameters": pin.definition.parameters,
            ]
        }
        return JSONValue.record(["callgate-pins": .int(1), "tools": .array(entries)]).text(.pretty) + "\n"
    }

    /// Reads what ``text`` wrote.
    /// - Throws: ``PinError`` for a file that is no such file, and for a pin whose hash does not fit it.
    public init(text: String) throws(PinError) {
        let value: JSONValue
        do { value = try JSONParser.parse(text) } catch { throw PinError("\(error)") }
        guard value["callgate-pins"]?.intValue == 1, let entries = value["tools"]?.arrayValue else {
            throw PinError("this is no file of pins; callgate tools pin writes one")
        }
        var pins: [Pin] = []
        for (index, entry) in entries.enumerated() {
            guard let source = entry["source"]?.stringValue, let name = entry["name"]?.stringValue,
                let description = entry["description"]?.stringValue, let parameters = entry["parameters"],
                let hash = entry["sha256"]?.stringValue
            else { throw PinError("tool \(index + 1) needs source, name, sha256, description, parameters") }
            let pin = Pin(
                source: source,
                definition: ToolDefinition(name: name, description: description, parameters: parameters))
            guard pin.hash.utf8.elementsEqual(hash.utf8) else {
                throw PinError(
                    "the sha256 of \(name) is not that of its definition: the file was changed by hand")
            }
            pins.append(pin)
        }
        self.init(pins)
    }
}

/// Why a file of pins cannot be used.
public struct PinError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: what is wrong and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
