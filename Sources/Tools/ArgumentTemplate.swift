import Foundation
import JSON

/// One element of a command line, of a URL or of a body: text with places for arguments.
///
/// `{name}` is the argument of that name, `{/a/0}` the one at that JSON Pointer; `{{` and `}}` are the braces
/// themselves.
public struct ArgumentTemplate: Sendable, Hashable {
    /// A piece of a template.
    enum Piece: Sendable, Hashable {
        case text(String)
        case argument(JSONPointer)
        /// A variable of the environment, read when the call is made.
        case variable(String)
    }

    let pieces: [Piece]

    /// Reads a template; with `variables`, `${NAME}` stands for a variable of the environment.
    /// - Throws: ``TemplateError`` for a brace without its partner or an empty place.
    public init(_ source: String, variables: Bool = false) throws(TemplateError) {
        var pieces: [Piece] = []
        var text = ""
        var rest = source.unicodeScalars[...]
        func fault(_ message: String) -> TemplateError { TemplateError("\"\(source)\": \(message)") }
        while let scalar = rest.popFirst() {
            guard scalar == "{" || scalar == "}" else {
                text.unicodeScalars.append(scalar)
                continue
            }
            if rest.first == scalar {
                rest.removeFirst()
                text.unicodeScalars.append(scalar)
                continue
            }
            guard scalar == "{" else { throw fault("a } without {; write }} for the character itself") }
            guard let close = rest.firstIndex(of: "}") else {
                throw fault("a { without }; write {{ for the character itself")
            }
            let name = String(rest[..<close])
            rest = rest[rest.index(after: close)...]
            guard !name.isEmpty, !name.unicodeScalars.contains("{") else {
                throw fault("between { and } stands the name of an argument")
            }
            if variables, text.unicodeScalars.last == "$" {
                text.unicodeScalars.removeLast()
                if !text.isEmpty { pieces.append(.text(text)) }
                text = ""
                pieces.append(.variable(name))
                continue
            }
            guard let pointer = name.beginsBytewise(with: "/") ? JSONPointer(text: name) : JSONPointer([name])
            else {
                throw fault("\(name) is no JSON Pointer")
            }
            if !text.isEmpty { pieces.append(.text(text)) }
            text = ""
            pieces.append(.argument(pointer))
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        self.pieces = pieces
    }

    init(pieces: [Piece]) { self.pieces = pieces }

    /// The template as it is written.
    public var source: String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text.replacingScalars { $0 == "{" || $0 == "}" ? "\($0)\($0)" : nil }
            case .argument(let pointer):
                pointer.tokens.count == 1 ? "{\(pointer.tokens[0])}" : "{\(pointer)}"
            case .variable(let name): "${\(name)}"
            }
        }.joined()
    }

    /// The variables of the environment that the template uses.
    public var variables: [String] {
        pieces.compactMap { if case .variable(let name) = $0 { name } else { nil } }
    }

    /// The places of the arguments that the template uses.
    public var pointers: [JSONPointer] {
        pieces.compactMap { if case .argument(let pointer) = $0 { pointer } else { nil } }
    }

    /// The place whose value is the whole of the template, where it is nothing else.
    var whole: JSONPointer? {
        if pieces.count == 1, case .argument(let pointer) = pieces[0] { pointer } else { nil }
    }

    /// The text with each argument's and variable's in its place; `nil` where one is absent, or an argument is null.
    func text(
        _ arguments: JSONValue, environment: [String: String] = [:],
        encoding encode: (String) -> String = { $0 }
    ) -> String? {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let piece): text += piece
            case .variable(let name):
                guard let value = environment[name] else { return nil }
                text += encode(value)
            case .argument(let pointer):
                guard let value = arguments[pointer], value != .null else { return nil }
                text += encode(value.plainText)
            }
        }
        return text
    }
}

extension JSONValue {
    /// A string's own text, and any other value's JSON.
    var plainText: String { stringValue ?? text() }
}

/// Why a template cannot be used.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the template and the fix.
    public let description: String

    /// An error of that line.
    public init(_ description: String) { self.description = description }
}
