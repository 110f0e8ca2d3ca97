import Agent
import Formats
import JSON

/// One request to a model and its response, as something between the two has recorded them.
struct RecordedExchange {
    let request: WireRequest
    /// The response; `nil` where none was recorded or it cannot be read.
    let response: ModelResponse?
    /// When the request was sent, milliseconds since 1970; 0 where nobody wrote it down.
    let time: Int64
    /// How long the response took, in milliseconds; 0 where nobody wrote it down.
    let milliseconds: Double
    /// What is odd about it, one sentence each.
    let remarks: [String]

    /// Reads an exchange; `nil` for a request that asks no model.
    init?(
        method: String, path: String, body: [UInt8], response bytes: [UInt8]?, time: Int64,
        milliseconds: Double
    ) {
        guard let endpoint = ModelEndpoint(method: method, path: path),
            let request = try? WireRequest(endpoint, body: body)
        else { return nil }
        self.init(request, response: bytes, time: time, milliseconds: milliseconds)
    }

    /// An exchange of a request that has been read.
    init(_ request: WireRequest, response bytes: [UInt8]?, time: Int64, milliseconds: Double) {
        self.request = request
        self.time = time
        self.milliseconds = milliseconds
        var remarks = request.remarks
        var response: ModelResponse?
        if let bytes {
            var reader = ResponseReader(request.format)
            do throws(StreamFault) {
                _ = try reader.take(bytes)
                _ = try reader.finish()
                response = try reader.response(numberingFrom: 1)
            } catch {
                remarks.append("a response that cannot be read: \(error)")
            }
        }
        self.response = response
        self.remarks = remarks
    }
}

/// Exchanges put together to the conversations that they are parts of: each request repeats what came before.
struct ExchangeChains {
    private struct Chain {
        var conversation = ImportedConversation()
        /// The messages that a request of this chain begins with.
        var messages: [Message] = []
    }

    private var chains: [Chain] = []

    /// The conversations of exchanges, in the order in which they began.
    static func conversations(_ exchanges: [RecordedExchange]) -> [ImportedConversation] {
        var chains = ExchangeChains()
        for exchange in exchanges.sorted(by: { $0.time < $1.time }) { chains.add(exchange) }
        return chains.chains.map(\.conversation)
    }

    private mutating func add(_ exchange: RecordedExchange) {
        let asked = exchange.request.messages
        let known = chains.indices.filter { ExchangeChains.begins(asked, with: chains[$0].messages) }
        let longest = known.max { chains[$0].messages.count < chains[$1].messages.count }
        let index: Int
        if let longest, !chains[longest].messages.isEmpty {
            index = longest
        } else {
            chains.append(Chain())
            index = chains.count - 1
        }
        for message in asked.dropFirst(chains[index].messages.count) {
            chains[index].conversation.repeatMessage(message, at: exchange.time)
        }
        chains[index].messages = asked
        let model = exchange.request.model
        if !model.isEmpty { chains[index].conversation.model = model }
        if !exchange.request.catalogue.isEmpty {
            chains[index].conversation.catalogue = exchange.request.catalogue
        }
        for tool in exchange.request.providerTools {
            chains[index].conversation.losses.add("the tool \(tool), which ran at the provider")
        }
        for remark in exchange.remarks { chains[index].conversation.losses.add(remark) }
        guard let response = exchange.response else { return }
        chains[index].conversation.add(
            .assistant(
                content: response.content, calls: response.calls, finish: response.finishReason,
                usage: response.usage, thinking: response.thinking),
            at: exchange.time + Int64(bounded: exchange.milliseconds), lasting: exchange.milliseconds)
        chains[index].messages.append(.assistant(response.message))
    }

    /// Whether a conversation begins with another one: the same words and calls, whatever providers add to them.
    private static func begins(_ messages: [Message], with known: [Message]) -> Bool {
        messages.count >= known.count && zip(messages, known).allSatisfy { $0.spoken == $1.spoken }
    }
}

extension Message {
    /// What was said, without what providers keep beside it.
    fileprivate var spoken: [String] {
        switch self {
        case .system(let text): ["system", text]
        case .user(let text): ["user", text]
        case .assistant(let answer): ["assistant", answer.content] + answer.calls.map { $0.name }
        case .tool(let result): ["tool", result.content]
        }
    }
}

extension ImportedConversation {
    /// Adds a message of a request.
    mutating func repeatMessage(_ message: Message, at time: Int64) {
        switch message {
        case .system(let text): add(.system(text), at: time)
        case .user(let text): add(.user(text), at: time)
        case .assistant(let answer):
            add(
                .assistant(
                    content: answer.content, calls: answer.calls, finish: nil, usage: nil,
                    thinking: answer.thinking), at: time)
        case .tool(let result):
            add(.result(result.callID, content: result.content, isError: result.isError), at: time)
        }
    }
}
