import JSON
import Yams

/// A place in a text: line and column, both from 1.
struct TextPlace: Hashable {
    var line: Int
    var column: Int

    static let start = TextPlace(line: 1, column: 1)
}

/// A YAML or JSON document as a JSON value, with the place of everything in its text.
struct LocatedDocument {
    /// The document.
    let value: JSONValue
    private var values: [JSONPointer: TextPlace] = [:]
    private var keys: [JSONPointer: TextPlace] = [:]

    /// Reads a text: JSON where it begins with `{` and is JSON, else YAML (1.2's core schema: only `true` and `false`
    /// are truth values, so `no` is a word).
    init(_ text: String, file: String) throws(WorkflowError) {
        if let start = text.unicodeScalars.first(where: { !$0.properties.isWhitespace }), start == "{" {
            try self.init(json: text, file: file)
        } else {
            try self.init(yaml: text, file: file)
        }
    }

    /// A document that says nothing.
    static let empty = LocatedDocument()

    private init() { value = [:] }

    /// The place of the value there, or of the nearest value around it.
    func place(of pointer: JSONPointer) -> TextPlace { place(of: pointer, in: values) }

    /// The place of the key that leads there.
    func place(ofKey pointer: JSONPointer) -> TextPlace { keys[pointer] ?? place(of: pointer) }

    private func place(of pointer: JSONPointer, in places: [JSONPointer: TextPlace]) -> TextPlace {
        var pointer = pointer
        while true {
            if let place = places[pointer] { return place }
            if pointer.tokens.isEmpty { return .start }
            pointer.tokens.removeLast()
        }
    }

    private init(json text: String, file: String) throws(WorkflowError) {
        do {
            value = try JSONParser.parse(text)
        } catch {
            // A flow mapping of YAML begins with a brace too.
            if let yaml = try? LocatedDocument(yaml: text, file: file) {
                self = yaml
                return
            }
            throw WorkflowError(
                file: file, place: TextPlace(line: error.line, column: error.column), "\(error.reason)")
        }
        // The places come from the YAML reader, of whose language JSON is nearly a part.
        guard let yaml = try? LocatedDocument(yaml: text, file: file) else { return }
        values = yaml.values
        keys = yaml.keys
    }

    private init(yaml text: String, file: String) throws(WorkflowError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            let (place, message) = LocatedDocument.fault(error)
            throw WorkflowError(file: file, place: place, message)
        }
        guard let root else { throw WorkflowError(file: file, place: .start, "the file is empty") }
        var reader = NodeReader(file: file)
        value = try reader.value(of: root, at: JSONPointer())
        values = reader.values
        keys = reader.keys
    }

    private static func fault(_ error: any Error) -> (TextPlace, String) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let where_ = context.map { " (\($0.text) that begins on line \($0.mark.line))" } ?? ""
            return (TextPlace(line: mark.line, column: mark.column), "this is no YAML: \(problem)\(where_)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.joined(separator: ", ")
            return (
                TextPlace(line: context.mark.line, column: context.mark.column),
                "the mapping that begins here has a key twice: \(names); remove one"
            )
        case .reader(let problem, _, _, _): return (.start, "this is no text: \(problem)")
        default: return (.start, "this is no YAML: \(error)")
        }
    }
}

/// Turns YAML nodes into JSON values.
private struct NodeReader {
    let file: String
    var values: [JSONPointer: TextPlace] = [:]
    var keys: [JSONPointer: TextPlace] = [:]
    /// Aliases can make a small file stand for a huge document.
    private var budget = 100_000

    init(file: String) { self.file = file }

    mutating func value(of node: Node, at pointer: JSONPointer) throws(WorkflowError) -> JSONValue {
        let place = NodeReader.place(of: node)
        values[pointer] = place
        budget -= 1
        guard budget > 0 else {
            throw WorkflowError(file: file, place: place, "the document has more than 100000 values")
        }
        switch node {
        case .scalar(let scalar): return NodeReader.value(of: scalar)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence {
                elements.append(try value(of: element, at: pointer.appending(elements.count)))
            }
            return .array(elements)
        case .mapping(let mapping):
            var members: [JSONObject.Member] = []
            for (key, element) in mapping {
                guard case .scalar(let name) = key else {
                    throw WorkflowError(file: file, place: NodeReader.place(of: key), "a key must be a word")
                }
                let inner = pointer.appending(name.string)
                keys[inner] = NodeReader.place(of: key)
                members.append(JSONObject.Member(key: name.string, value: try value(of: element, at: inner)))
            }
            return .object(JSONObject(members))
        case .alias:
            throw WorkflowError(file: file, place: place, "this alias stands for nothing")
        }
    }

    private static func place(of node: Node) -> TextPlace {
        node.mark.map { TextPlace(line: $0.line, column: $0.column) } ?? .start
    }

    /// A scalar by YAML 1.2's core schema, in which only plain ones can be anything but text.
    private static func value(of scalar: Node.Scalar) -> JSONValue {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return JSONNumber(text: scalar.string).map { .number($0) } ?? .string(scalar.string)
        }
    }
}
