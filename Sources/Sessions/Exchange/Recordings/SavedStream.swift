import Formats
import JSON

/// The stream of one response as somebody has saved it: the events of a server, or their JSON one after the other.
struct SavedStream {
    let format: WireFormat
    private let text: String

    /// A stream of events; `nil` for bytes that are none, or of no format that is read.
    init?(_ bytes: [UInt8]) {
        let first = bytes.drop { $0 <= 0x20 }.prefix { $0 != 0x0A }
        guard ["data:", "event:", "id:", "retry:", ":"].contains(where: { first.starts(with: $0.utf8) })
        else {
            return nil
        }
        let told = bytes.split(separator: 0x0A).lazy.filter { $0.starts(with: "data:".utf8) }
            .compactMap { try? JSONParser.parse(Array($0.dropFirst(5))) }
            .compactMap(WireFormat.init(ofResponse:)).first
        guard let told else { return nil }
        (format, text) = (told, String(decoding: bytes, as: UTF8.self))
    }

    /// The chunks of a stream; `nil` for values of which each is a whole response, or none.
    init?(chunks: [JSONValue]) {
        guard let first = chunks.first, let told = WireFormat(ofResponse: first),
            chunks.allSatisfy({ told == WireFormat(ofResponse: $0) }),
            SavedStream.arePieces(chunks, of: told)
        else { return nil }
        (format, text) = (told, chunks.map { $0.text() + "\n" }.joined())
    }

    /// The document of a response without its request.
    var document: Document { Document(value: ["response": .string(text)], place: "") }

    private static func arePieces(_ chunks: [JSONValue], of format: WireFormat) -> Bool {
        switch format {
        case .chatCompletions: chunks.contains { $0["choices"]?.arrayValue?.first?["delta"] != nil }
        case .responses: chunks.allSatisfy { $0["type"]?.stringValue?.hasPrefix("response.") == true }
        case .messages: chunks.first?["type"] == "message_start"
        case .gemini:
            chunks.count > 1 && chunks.first?["candidates"]?.arrayValue?.isEmpty == false
                && chunks.dropLast().allSatisfy {
                    $0["candidates"]?.arrayValue?.first?["finishReason"] == nil
                }
        case .ollama: chunks.count > 1 && chunks.contains { $0["done"] == false }
        }
    }
}
