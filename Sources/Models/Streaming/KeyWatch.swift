import Agent
import Formats
import JSON

/// Looks for the server's own key in what it streams, before anybody sees it.
///
/// An answer that repeats the key is refused whole. To clean it would change what the model asked for, and arguments
/// with a mark in the key's place might run.
struct KeyWatch {
    private let key: APIKey?
    /// The end of what has come, as long as its longest spelling.
    private var recent: [UInt8] = []
    private var held: [ResponsePiece] = []

    init(key: APIKey?) { self.key = key }

    /// The pieces that can be shown now that `piece` has come.
    /// - Throws: ``StreamFault`` where the key is complete; the pieces that begin it have not been shown.
    mutating func pass(_ piece: ResponsePiece) throws(StreamFault) -> [ResponsePiece] {
        guard let key else { return [piece] }
        switch piece {
        case .text(let text), .arguments(_, let text), .thinking(let text): recent += text.utf8
        case .token(let token):
            recent += token.bytes
            if token.top.contains(where: { key.isIn($0.bytes) }) { throw fault }
        case .call(_, _, let name), .providerCall(let name): recent += name.utf8
        case .note(let note): recent += note.words.utf8
        case .callEnded, .usage, .finish: break
        }
        if key.isIn(recent) { throw fault }
        recent.removeFirst(max(0, recent.count - (key.spelling?.longest ?? 0)))
        held.append(piece)
        return key.begins(atTheEndOf: recent) ? [] : rest()
    }

    /// The pieces that are held back, as the stream is over.
    mutating func rest() -> [ResponsePiece] {
        defer { held = [] }
        return held
    }

    /// The response, once it is certain that the key is nowhere in it, also where it is escaped or came in fragments.
    /// - Throws: ``StreamFault`` where it is.
    func check(_ response: ModelResponse) throws(StreamFault) -> ModelResponse {
        let blocks = response.providerBlocks?.blocks
        var texts = [response.content, response.thinking?.text ?? "", blocks?.text() ?? ""]
        texts += response.remarks
        for call in response.calls {
            texts += [call.id.text, call.name, call.arguments.text]
            if let value = try? JSONParser.parse(call.arguments.text) { texts += KeyWatch.strings(in: value) }
        }
        if let blocks { texts += KeyWatch.strings(in: blocks) }
        if let key, texts.contains(where: { key.isIn($0.utf8) }) { throw fault }
        return response
    }

    private var fault: StreamFault {
        StreamFault(
            "the server's answer holds the key from \(key?.variable ?? ""); nothing of it is used. "
                + "Replace the key if the server should not know it, and ask who runs the server why it repeats it"
        )
    }

    private static func strings(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(strings)
        case .object(let object): object.flatMap { [$0.key] + strings(in: $0.value) }
        default: []
        }
    }
}

extension APIKey {
    /// Whether the key is somewhere in the bytes.
    func isIn(_ bytes: some Sequence<UInt8>) -> Bool {
        spelling?.isIn(bytes) ?? false
    }

    /// Whether the last bytes are the key's first.
    fileprivate func begins(atTheEndOf bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { spelling?.beginning(atTheEndOf: $0) != nil }
    }
}
