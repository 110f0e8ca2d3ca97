import Agent
import Formats
import JSON

/// A call that stands in a model's words, for a client that looks for one there.
///
/// smolagents' `ToolCallingAgent` runs what it finds where an answer has no calls: from the first brace to the last one, read as
/// Python's `json.loads(strict=False)` reads it, an object with a name and arguments.
struct SpokenCall: Sendable {
    let name: String
    let arguments: ByteString
    /// The words before the object and after it.
    private let before: String
    private let after: String
    /// The object's members but for the arguments.
    private let others: [JSONObject.Member]

    /// - Parameter tools: the names that the client can run.
    /// - Throws: ``ProxyError`` for words in which a client may find a call that is not read here.
    init?(in words: String, tools: [String]) throws(ProxyError) {
        let bytes = Array(words.utf8)
        guard let first = bytes.firstIndex(of: UInt8(ascii: "{")),
            let last = bytes.lastIndex(of: UInt8(ascii: "}")), first < last
        else { return nil }
        let text = Array(bytes[first...last])
        guard let value = SpokenCall.value(text) else {
            // What neither reads is no call for the client either.
            guard SpokenCall.mayBeReadByPython(text) else { return nil }
            throw .unreadableCallInWords
        }
        guard let members = value.objectValue.map({ Array($0) }) else { return nil }
        // Of a key that stands twice Python keeps the last.
        guard let name = members.last(where: { $0.key.utf8.elementsEqual("name".utf8) })?.value.stringValue
        else {
            let names = Set(tools.map(ByteString.init))
            let namesTool = members.contains {
                $0.value.stringValue.map { names.contains(ByteString($0)) } ?? false
            }
            guard namesTool else { return nil }
            throw .unreadableCallInWords
        }
        self.name = name
        arguments = SpokenCall.arguments(
            members.last { $0.key.utf8.elementsEqual("arguments".utf8) }?.value)
        before = String(decoding: bytes[..<first], as: UTF8.self)
        after = String(decoding: bytes[(last + 1)...], as: UTF8.self)
        others = members.filter { !$0.key.utf8.elementsEqual("arguments".utf8) }
    }

    /// The words with other arguments in the call.
    func words(with arguments: ByteString) -> String {
        let value = (try? JSONParser.parse(arguments.text)) ?? .string(arguments.text)
        let object = JSONObject(others + [JSONObject.Member(key: "arguments", value: value)])
        return before + JSONValue.object(object).text() + after
    }

    private static func arguments(_ value: JSONValue?) -> ByteString {
        switch value {
        case nil, .null?: return ByteString("{}")
        case .string(let text)?:
            // A text that is JSON is read once more.
            return (try? JSONParser.parse(text)) == nil
                ? ByteString(JSONValue.string(text).text()) : ByteString(text)
        case let value?: return ByteString(value.text())
        }
    }

    /// The text as JSON, where need be with blanks for control characters and half surrogate pairs replaced, which Python takes
    /// as they are.
    private static func value(_ text: [UInt8]) -> JSONValue? {
        if let value = try? JSONParser.parse(text) { return value }
        let plain = LoneSurrogates.replaced(in: text.map { $0 < 0x20 ? 0x20 : $0 })
        return try? JSONParser.parse(plain)
    }

    /// Whether Python reads a text that is no JSON: numbers that are none, and deeper nesting.
    private static func mayBeReadByPython(_ text: [UInt8]) -> Bool {
        if text.contains(UInt8(ascii: "N")) || text.contains(UInt8(ascii: "I")) { return true }
        return text.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") } >= ReadingLimits.depth
    }
}

extension ProxyError {
    fileprivate static let unreadableCallInWords = ProxyError(
        "the provider's answer was not passed on: its words may hold a call that this client would run, and it cannot be read"
    )
    fileprivate static let deniedInWords = ProxyError(
        "the provider's answer was not passed on: a call in its words was not allowed to run, and this client would find it there"
    )
}

/// A response whose words hold a call for its client, and what leaves of it.
struct SpokenResponse: Sendable {
    let call: SpokenCall
    /// The response as it is decided: the words are a call.
    let response: ModelResponse

    /// `nil` where the client finds no call in the words.
    /// - Throws: ``ProxyError`` for words in which it may find one that is not read here.
    init?(_ response: ModelResponse, to request: AgentRequest) throws(ProxyError) {
        guard response.calls.isEmpty, ForgetfulClients.readsCallsInWords(request),
            let call = try SpokenCall(in: response.content, tools: request.reading.catalogue.map(\.name))
        else { return nil }
        self.call = call
        let print = Fingerprint(.assistant(response.message)).value ^ UInt64(request.chain.count)
        var told = response
        told.calls = [
            ToolCall(
                id: ToolCallID("words_" + String(print, radix: 16)), name: call.name,
                arguments: call.arguments)
        ]
        told.remarks.append("The call stands in the model's words; this client runs what it finds there.")
        self.response = told
    }

    /// What the client gets: the bytes as they came, or words with the arguments that were decided.
    /// - Throws: ``ProxyError`` where the call must not run.
    func released(
        _ bytes: [UInt8], _ verdict: Verdict?, for request: AgentRequest, isStreamed: Bool
    ) throws(ProxyError) -> [UInt8] {
        switch verdict {
        case .asWritten?: return bytes
        case .edited(let arguments)?:
            var answer = response
            answer.calls = []
            answer.content = call.words(with: arguments)
            answer.finishReason = .stop
            let identity = ResponseIdentity(id: "callgate-edited", model: request.reading.model, created: 0)
            let format = request.reading.format
            guard isStreamed else {
                return Array(ResponseWriter.whole(answer, in: format, identity: identity).text().utf8)
            }
            return ResponseWriter.stream(of: answer, in: format, identity: identity).flatMap { $0 }
        case .kept?, nil: throw .deniedInWords
        }
    }
}
