import Agent
import Formats
import JSON

/// One request to a model and its response, as something between the two has recorded them.
struct RecordedExchange {
    let request: WireRequest
    /// The response; `nil` where none was recorded or it cannot be read.
    let response: ModelResponse?
    /// Its tokens with their log-probabilities, and to what they belong; empty where it tells none.
    let tokens: [TokenStep]
    /// The tools that ran at the provider before the response ended.
    let providerCalls: [String]
    /// What else of the provider's own the response holds.
    let providerNotes: [ProviderNote]
    /// When the request was sent, milliseconds since 1970; 0 where nobody wrote it down.
    let time: Int64
    /// How long the response took, in milliseconds; 0 where nobody wrote it down.
    let milliseconds: Double
    /// What is odd about it, one sentence each.
    var remarks: [String]

    /// What an exchange is called that is none of these.
    static let otherExchange = "an exchange that asks no model in a format that is read"

    /// Reads an exchange; `nil` for a request that asks no model.
    init?(
        method: String, path: String, body: [UInt8], response bytes: [UInt8]?, time: Int64,
        milliseconds: Double
    ) {
        guard let endpoint = ModelEndpoint(method: method, path: path),
            let object = (try? JSONParser.parse(body))?.objectValue
        else { return nil }
        self.init(
            RequestFile.request(object, at: endpoint), response: bytes, time: time,
            milliseconds: milliseconds)
    }

    /// An exchange of a request that has been read; the response may be in another format than the request.
    init(
        _ request: WireRequest, response bytes: [UInt8]?, in format: WireFormat? = nil, time: Int64,
        milliseconds: Double
    ) {
        self.request = request
        self.time = time
        self.milliseconds = milliseconds
        var remarks = request.remarks + RequestFile.elsewhere(request)
        var response: ModelResponse?
        var pieces: [ResponsePiece] = []
        if let bytes {
            let format = format ?? request.format
            do throws(StreamFault) {
                let read = try RecordedExchange.read(bytes, in: format)
                (response, pieces) = read
                remarks += read.response.remarks
            } catch {
                remarks.append("a response that cannot be read: \(error)")
            }
        }
        self.response = response
        providerCalls = pieces.compactMap(\.providerTool)
        providerNotes = pieces.compactMap(\.providerNote)
        tokens = response.map { RecordedExchange.tokens(pieces, of: $0) } ?? []
        self.remarks = remarks
    }
}

extension RecordedExchange {
    private static func read(
        _ bytes: [UInt8], in format: WireFormat
    ) throws(StreamFault) -> (response: ModelResponse, pieces: [ResponsePiece]) {
        var reader = ResponseReader(format)
        var pieces: [ResponsePiece] = []
        for frame in try reader.take(bytes) + reader.finish() { pieces += frame.pieces }
        return (try reader.response(numberingFrom: 1), pieces)
    }

    /// The tokens of a response, where log-probabilities tell them and they spell what its calls say.
    private static func tokens(_ pieces: [ResponsePiece], of response: ModelResponse) -> [TokenStep] {
        guard pieces.contains(where: { if case .token = $0 { true } else { false } }) else { return [] }
        var counter = StepCounter(round: 1)
        let steps = pieces.flatMap { counter.steps(for: $0) }.map(\.untimed)
        var spelled: [[UInt8]] = []
        var current: Int?
        for step in steps {
            switch step.special.flatMap({ CallMark(name: $0) }) {
            case .begins:
                spelled.append([])
                current = spelled.count - 1
            case .goesOn(let number, _): current = number - 1
            case .words, .thinking: current = nil
            case nil:
                if let current, spelled.indices.contains(current) { spelled[current] += step.bytes }
            }
        }
        // Some servers tell the tokens of the raw text, markup of calls and all.
        let agree = zip(response.calls, spelled).allSatisfy { call, text in
            text.isEmpty || call.arguments.text.utf8.elementsEqual(text)
        }
        return agree ? steps : []
    }
}

/// Exchanges put together to the conversations that they are parts of: each request repeats what came before.
struct ExchangeChains {
    private struct Chain {
        var conversation = ImportedConversation()
        /// The messages that a request of this chain begins with, and what each says.
        var messages: [Message] = []
        var spoken: [[String]] = []
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
        let spoken = asked.map(\.spoken)
        let known = chains.indices.filter { spoken.starts(with: chains[$0].spoken) }
        // Of conversations that are word for word the same, the one whose calls have the same IDs.
        let longest = known.max {
            let (left, right) = (chains[$0].messages, chains[$1].messages)
            return (left.count, ExchangeChains.sameIDs(asked, left)) < (
                right.count, ExchangeChains.sameIDs(asked, right)
            )
        }
        let index: Int
        if let longest, !chains[longest].messages.isEmpty {
            index = longest
        } else {
            chains.append(Chain())
            index = chains.count - 1
        }
        for (place, message) in asked.enumerated().dropFirst(chains[index].messages.count) {
            chains[index].conversation.repeatMessage(message, of: exchange.request, at: place, exchange.time)
        }
        // What stands after the last message belongs to the answer.
        chains[index].conversation.mark(
            ranAtProvider: [], exchange.request.providerNotes[asked.count] ?? [], at: exchange.time)
        (chains[index].messages, chains[index].spoken) = (asked, spoken)
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
        let end = exchange.time + Int64(bounded: exchange.milliseconds)
        chains[index].conversation.mark(
            ranAtProvider: exchange.providerCalls, exchange.providerNotes, at: end)
        chains[index].conversation.add(
            .assistant(
                content: response.content, calls: response.calls, finish: response.finishReason,
                usage: response.usage, thinking: response.thinking, tokens: exchange.tokens),
            at: end, lasting: exchange.milliseconds)
        let answer = Message.assistant(response.message)
        chains[index].messages.append(answer)
        chains[index].spoken.append(answer.spoken)
    }

    /// How many calls and results of the messages bear the same ID in both: a client may have given IDs of its own.
    private static func sameIDs(_ messages: [Message], _ known: [Message]) -> Int {
        zip(messages, known).reduce(0) { count, pair in
            count + zip(pair.0.callIDs, pair.1.callIDs).count { $0 == $1 }
        }
    }

}

extension TokenStep {
    /// The step without a duration: nobody wrote down when a token came.
    fileprivate var untimed: TokenStep {
        var step = self
        step.milliseconds = 0
        return step
    }
}

extension Message {
    /// What was said, without what providers keep beside it: by these, a request tells the chain that it belongs to.
    fileprivate var spoken: [String] {
        switch self {
        case .system(let text): ["system", text]
        case .user(let text): ["user", text]
        case .assistant(let answer):
            ["assistant", answer.content] + answer.calls.flatMap { [$0.name, $0.unwrapped.said] }
        case .tool(let result): ["tool", result.content]
        }
    }

    fileprivate var callIDs: [ToolCallID] {
        switch self {
        case .system, .user: []
        case .assistant(let answer): answer.calls.map(\.id)
        case .tool(let result): [result.callID]
        }
    }
}

extension ToolCall {
    /// The arguments in one spelling: clients write them anew, with other spaces and another order of keys.
    fileprivate var said: String {
        guard let value = try? JSONParser.parse(arguments.text) else {
            return arguments.text.isEmpty ? "{}" : arguments.text
        }
        return value.canonical.text()
    }

    /// The call as the model wrote it, where an export has wrapped arguments that are no object in one.
    fileprivate var unwrapped: ToolCall {
        guard let object = arguments.asObject?.objectValue, object.count == 1,
            let text = object[ToolCall.wrappingKey]?.stringValue
        else { return self }
        return ToolCall(id: id, name: name, arguments: ByteString(text))
    }
}

extension ImportedConversation {
    /// Marks what a provider ran itself: its calls were nobody's to hold, and their results stay with it; and what else of
    /// its own stands there.
    mutating func mark(ranAtProvider names: [String], _ notes: [ProviderNote] = [], at time: Int64) {
        for name in names { add(.mark("\(name) ran at the provider"), at: time) }
        for note in notes {
            if note.isElsewhere {
                losses.add(
                    "what a request has by an ID alone or encrypted, for its provider (item_reference, compaction)"
                )
            }
            add(.mark(note.words), at: time)
        }
    }

    /// Adds the message of a request that stands at a place of it, after what its provider has there.
    mutating func repeatMessage(_ message: Message, of request: WireRequest, at place: Int, _ time: Int64) {
        mark(
            ranAtProvider: request.providerCalls[place] ?? [], request.providerNotes[place] ?? [], at: time)
        switch message {
        case .system(let text): add(.system(text), at: time)
        case .user(let text): add(.user(text), at: time)
        case .assistant(let answer):
            if let format = answer.providerBlocks?.format, format != WireFormat.chatCompletions.rawValue {
                losses.add("what only its provider reads of an answer (signatures, encrypted thinking)")
            }
            add(
                .assistant(
                    content: answer.content, calls: answer.calls.map(\.unwrapped), finish: nil, usage: nil,
                    thinking: answer.thinking), at: time)
        case .tool(let result):
            add(.result(result.callID, content: result.content, isError: result.isError), at: time)
        }
    }
}
