import Agent
import JSON
import Masking

/// Reads a decoded response token by token: words, or calls between tags.
///
/// A tag counts only as the special token of that name. One that is spelled out in words is words.
struct HermesResponse {
    private enum Place {
        case words
        case call([UInt8])
    }

    private let format: CallFormat
    private var place = Place.words
    private var words: [UInt8] = []
    private var written: [[UInt8]] = []

    init(format: CallFormat) { self.format = format }

    /// Takes one more token into account.
    mutating func append(bytes: some Sequence<UInt8>, special: String?) {
        switch (place, special) {
        case (.words, format.opening): place = .call([])
        case (.words, nil): if written.isEmpty { words += bytes }
        case (.call(let body), format.closing):
            written.append(body)
            place = .words
        case (.call(let body), nil): place = .call(body + bytes)
        case (_, .some): break
        }
    }

    /// The words.
    var content: String { String(decoding: words, as: UTF8.self) }

    /// The whole calls, the first numbered `first`; arguments to the byte.
    /// - Throws: ``ModelError`` for a call that is not written as the format says.
    func calls(numberedFrom first: Int) throws -> [ToolCall] {
        try written.enumerated().map { position, body in
            let text = String(decoding: body, as: UTF8.self)
            guard text.hasPrefix(format.beforeName), text.hasSuffix(format.afterArguments),
                let middle = text.range(of: format.beforeArguments, after: format.beforeName)
            else { throw Agent.ModelError("the model wrote a call that is none: \(text)") }
            let name = text[
                text.index(text.startIndex, offsetBy: format.beforeName.count)..<middle.lowerBound]
            let arguments = text[middle.upperBound...].dropLast(format.afterArguments.count)
            return ToolCall(
                id: ToolCallID("call_\(first + position)"), name: String(name),
                arguments: ByteString(String(arguments)))
        }
    }
}

extension String {
    /// The first place of `needle` behind a prefix that the text is known to have.
    fileprivate func range(of needle: String, after prefix: String) -> Range<Index>? {
        let bytes = Array(utf8)
        let wanted = Array(needle.utf8)
        var start = prefix.utf8.count
        while start + wanted.count <= bytes.count {
            if bytes[start..<start + wanted.count].elementsEqual(wanted) {
                let lower = utf8.index(utf8.startIndex, offsetBy: start)
                return lower..<utf8.index(lower, offsetBy: wanted.count)
            }
            start += 1
        }
        return nil
    }
}
