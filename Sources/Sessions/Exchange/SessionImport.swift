import Agent
import Foundation
import JSON

/// Sessions read from the files of other programs.
public struct SessionImport: Sendable {
    /// The formats that are read.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Messages of OpenAI's Chat Completions: an array, an object with `messages`, or fine-tuning JSONL.
        case openai
        /// A request of Anthropic's Messages API: an object with `messages`, `system`, `tools`.
        case anthropic
        /// A session file of Claude Code, or what it prints as `stream-json`: JSONL.
        case claudeCode = "claude-code"
        /// A session file (rollout) of Codex: JSONL.
        case codex
        /// A log of Inspect AI as JSON: a session for each sample.
        case inspect
        /// Spans of OpenTelemetry's conventions for generative AI, as OTLP JSON or protobuf: a session for each conversation.
        case otel
        /// A request of OpenAI's Responses, alone or with its response.
        case responses
        /// A request of Gemini's `generateContent`, alone or with its response.
        case gemini
        /// A request of Ollama's chat, alone or with its response.
        case ollama
        /// An HTTP archive (HAR) with requests to models: a session for each conversation.
        case har
        /// Flows that mitmproxy has saved: a session for each conversation.
        case mitmproxy
        /// A log of mcpsnoop: messages between a client and MCP servers.
        case mcpsnoop
        /// Runs of LangSmith or observations of Langfuse: a session for each conversation.
        case traces
    }

    /// The format of the file.
    public let format: Format
    /// What showed that the file is of that format.
    public let reason: String
    /// The events of each conversation in the file.
    public let sessions: [[Event]]
    /// What was in the file and is not in the sessions, and what the format cannot say.
    public let losses: Losses

    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - format: the format; told by the content where it is not given.
    ///   - name: the name of the session; later ones of the file get a number.
    ///   - companions: the files of a transcript's subagents, or of the threads that a rollout names.
    /// - Throws: ``ImportError`` with the line or the place and what is expected there.
    public init(
        _ bytes: [UInt8], format: Format? = nil, name: String, companions: [Companion] = []
    ) throws(ImportError) {
        let source = try ImportSource(bytes, format: format)
        let (format, documents) = (source.format, source.documents)
        reason = source.reason
        var losses = Losses(format.unsaid)
        var conversations: [ImportedConversation] = []
        switch format {
        case .openai, .anthropic:
            for document in documents {
                if PydanticMessages.isOne(document.value) {
                    conversations.append(PydanticMessages.read(document))
                    continue
                }
                // With its response beside it, a request is an exchange like any other's.
                if RequestFile.response(in: document.value) != nil,
                    let exchange = RequestFile.exchange(
                        document.value, format: format == .openai ? .chatCompletions : .messages)
                {
                    conversations += ExchangeChains.conversations([exchange])
                    continue
                }
                let asked = Document(value: RequestFile.request(in: document.value), place: document.place)
                conversations.append(
                    try format == .openai ? OpenAIMessages.read(asked) : AnthropicMessages.read(asked))
            }
        case .claudeCode:
            conversations =
                ClaudeStream.isOne(documents.map(\.value))
                ? ClaudeStream(documents).conversations
                : ClaudeCodeTranscript(documents, companions: companions.map(TranscriptCompanion.init))
                    .conversations
        case .codex: conversations = CodexThreads.read(documents, companions: companions)
        case .mcpsnoop: conversations = ProtocolLog.read(documents)
        case .inspect: for document in documents { conversations += try InspectLog.read(document) }
        case .otel: conversations = try GenAISpans.read(documents)
        case .responses, .gemini, .ollama, .har, .mitmproxy, .traces:
            let exchanges = try source.exchanges(&losses)
            guard !exchanges.isEmpty else { throw ImportError("no request to a model is in the file") }
            conversations = ExchangeChains.conversations(exchanges)
        }
        var built: [ImportedSession] = []
        for (index, conversation) in conversations.enumerated() {
            var conversation = conversation
            let parent = conversation.origin.flatMap {
                SessionImport.parent($0, among: built, name: { SessionImport.name(name, $0) })
            }
            built.append(
                conversation.session(
                    name: SessionImport.name(name, index), kind: "imported from \(format.rawValue)",
                    parent: parent))
            for line in conversation.losses.lines { losses.add(line) }
        }
        // A subagent's own subagents may stand before it in the file.
        for (index, conversation) in conversations.enumerated() {
            guard let origin = conversation.origin, case .call = origin,
                case .sessionStarted(var header)? = built[index].events.first?.body, header.parent == nil
            else { continue }
            header.parent = SessionImport.parent(origin, among: built, name: { SessionImport.name(name, $0) })
            built[index].events[0].body = .sessionStarted(header)
        }
        for line in source.broken { losses.add(line) }
        self.format = format
        self.sessions = built.map(\.events)
        self.losses = losses
    }

    private static func name(_ base: String, _ index: Int) -> String {
        index == 0 ? base : "\(base)-\(index + 1)"
    }

    private static func parent(
        _ origin: ImportedConversation.Origin, among built: [ImportedSession], name: (Int) -> String
    ) -> SessionParent? {
        switch origin {
        case .branch(let index, let items):
            let step = items > 0 && items <= built[index].steps.count ? built[index].steps[items - 1] : 1
            return SessionParent(session: name(index), step: step, hash: nil)
        case .compaction(let index):
            return SessionParent(
                session: name(index), step: built[index].events.count, hash: nil, relation: .compaction)
        case .call(let call):
            for (index, session) in built.enumerated() {
                if let step = session.step(of: call) {
                    return SessionParent(
                        session: name(index), step: step, hash: nil, relation: .call, call: ToolCallID(call))
                }
            }
            return nil
        }
    }
}

extension SessionImport.Format {
    /// The format in words.
    public var title: String {
        switch self {
        case .openai: "a conversation in OpenAI's messages"
        case .anthropic: "a conversation in Anthropic's messages"
        case .claudeCode: "a transcript of Claude Code"
        case .codex: "a rollout of Codex"
        case .inspect: "a log of Inspect"
        case .otel: "spans of OpenTelemetry"
        case .responses: "a request of OpenAI's Responses"
        case .gemini: "a request of Gemini"
        case .ollama: "a request of Ollama"
        case .har: "an HTTP archive"
        case .mitmproxy: "flows of mitmproxy"
        case .mcpsnoop: "a log of mcpsnoop"
        case .traces: "runs of LangSmith or Langfuse"
        }
    }

    /// Whether responses of the format can come with log-probabilities.
    private var mayTellTokens: Bool {
        switch self {
        case .responses, .ollama, .har, .mitmproxy: true
        default: false
        }
    }

    /// What no file of the format says.
    var unsaid: [String] {
        let always = [
            "who approved each call, and by which rule",
            mayTellTokens
                ? "masks, and tokens whose log-probabilities were not asked for"
                : "tokens, their probabilities and masks",
            "the arguments that ran, where they were not those that the model asked for",
        ]
        switch self {
        case .openai, .anthropic, .responses, .gemini, .ollama:
            return always + ["when things happened, and how long they took"]
        case .mcpsnoop: return always + ["what the model was told and said: the log is of its tools only"]
        case .claudeCode:
            return always + ["how long requests and calls took, beyond what the times of the lines tell"]
        case .codex:
            return always + [
                "the tools that the model was offered",
                "how long requests and calls took, beyond what the times of the lines tell",
            ]
        case .inspect, .otel, .har, .mitmproxy, .traces: return always
        }
    }
}

/// Why a file cannot be imported.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the place and what is expected there.
    public let description: String
    /// Whether something gave more than it may, rather than being broken.
    let isBound: Bool

    init(_ description: String, isBound: Bool = false) {
        self.description = description
        self.isBound = isBound
    }
}

/// One JSON document of a file.
struct Document {
    let value: JSONValue
    /// `line 3: `, or nothing where the file is one document.
    let place: String

    /// The lines of a file that are JSON.
    static func lines(of bytes: [UInt8]) -> [Document] {
        bytes.split(separator: 0x0A).compactMap { line in
            (try? JSONParser.parse(Array(line))).map { Document(value: $0, place: "") }
        }
    }

    /// RFC 3339 to milliseconds since 1970.
    static func milliseconds(_ text: String) -> Int64? {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        // Python writes times of no zone, which exports keep in UTC.
        return ((try? format.parse(text)) ?? (try? format.parse(text + "Z"))).map {
            Int64(bounded: ($0.timeIntervalSince1970 * 1_000).rounded())
        }
    }
}
