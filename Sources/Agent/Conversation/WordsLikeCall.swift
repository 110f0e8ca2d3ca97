import JSON

/// A call that a model wrote as words, where it can be no call.
///
/// The commonest complaint of people who run models of their own: the answer holds the call, in a fence or bare, and
/// nothing runs.
public struct WordsLikeCall: Sendable, Hashable {
    /// The tool that the words name.
    public var tool: String
    /// Why it is no call, in words for a person.
    public var why: String

    /// Texts longer than this are not looked through.
    private static let longest = 64 << 10

    /// Looks for a JSON object that names a tool of the catalogue, or for a tag that models write around calls.
    public static func find(in words: String, of catalogue: [String]) -> WordsLikeCall? {
        guard !catalogue.isEmpty, words.utf8.count <= longest else { return nil }
        let bytes = Array(words.utf8)
        for tag in ["<tool_call>", "[TOOL_CALLS]", "<|tool_call|>", "<function="]
        where words.utf8.contains(tag.utf8) {
            let named = catalogue.first { words.utf8.contains($0.utf8) }
            if let named {
                return WordsLikeCall(
                    tool: named,
                    why: "\(tag) is spelled in words: calls are read only where the format has them")
            }
        }
        for (position, byte) in bytes.enumerated() where byte == UInt8(ascii: "{") {
            guard let end = endOfObject(bytes, from: position),
                let text = String(validating: bytes[position..<end], as: UTF8.self),
                let object = try? JSONParser.parse(text), let tool = tool(in: object, of: catalogue)
            else { continue }
            let isFenced = String(decoding: bytes[..<position], as: UTF8.self).utf8.contains("```".utf8)
            return WordsLikeCall(
                tool: tool,
                why: isFenced
                    ? "it stands in a fence: a quotation for a reader, and no call in the model's format"
                    : "it is a bare object without what begins a call in the model's format")
        }
        return nil
    }

    private static func tool(in object: JSONValue, of catalogue: [String]) -> String? {
        let function = object["function"]
        let name =
            object["name"]?.stringValue ?? function?["name"]?.stringValue ?? function?.stringValue
            ?? object["tool"]?.stringValue
        return name.flatMap { name in catalogue.first { $0.utf8.elementsEqual(name.utf8) } }
    }

    /// The position after the object that begins at `start`, by its brackets outside of strings.
    private static func endOfObject(_ bytes: [UInt8], from start: Int) -> Int? {
        var (depth, isInString, position) = (0, false, start)
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\") where isInString: position += 1
            case UInt8(ascii: "\""): isInString.toggle()
            case UInt8(ascii: "{") where !isInString: depth += 1
            case UInt8(ascii: "}") where !isInString:
                depth -= 1
                if depth == 0 { return position + 1 }
            default: break
            }
            position += 1
        }
        return nil
    }
}

extension String.UTF8View {
    /// Whether the bytes of `other` stand in these.
    fileprivate func contains(_ other: String.UTF8View) -> Bool {
        guard let first = other.first else { return true }
        var rest = self[...]
        while let start = rest.firstIndex(of: first) {
            if rest[start...].starts(with: other) { return true }
            rest = rest[index(after: start)...]
        }
        return false
    }
}
