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
        /// A session file of Claude Code: JSONL.
        case claudeCode = "claude-code"
        /// A session file (rollout) of Codex: JSONL.
        case codex
        /// A log of Inspect AI as JSON: a session for each sample.
        case inspect
        /// Spans of OpenTelemetry's conventions for generative AI, as OTLP JSON: a session for each conversation.
        case otel
    }

    /// The format of the file.
    public let format: Format
    /// The events of each conversation in the file.
    public let sessions: [[Event]]
    /// What was in the file and is not in the sessions, and what the format cannot say.
    public let losses: Losses

    /// Reads a file's bytes.
    ///
    /// - Parameters:
    ///   - format: the format; told by the content where it is not given.
    ///   - name: the name of the session; later ones of the file get a number.
    /// - Throws: ``ImportError`` with the line or the place and what is expected there.
    public init(_ bytes: [UInt8], format: Format? = nil, name: String) throws(ImportError) {
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw ImportError(
                "this is a zip archive; of an Inspect log (.eval), 'inspect log convert --to json' makes the JSON that is read"
            )
        }
        let documents = try SessionImport.documents(bytes)
        guard let first = documents.first else { throw ImportError("the file is empty") }
        let format = format ?? SessionImport.format(of: documents.map(\.value), first: first.value)
        var losses = Losses(format.unsaid)
        var sessions: [[Event]] = []
        var conversations: [ImportedConversation] = []
        switch format {
        case .openai: for document in documents { conversations.append(try OpenAIMessages.read(document)) }
        case .anthropic:
            for document in documents { conversations.append(try AnthropicMessages.read(document)) }
        case .claudeCode: conversations.append(try AnthropicMessages.readClaudeCode(documents))
        case .codex: conversations.append(try CodexRollout.read(documents))
        case .inspect: for document in documents { conversations += try InspectLog.read(document) }
        case .otel: conversations = try GenAISpans.read(documents)
        }
        for (index, conversation) in conversations.enumerated() {
            var conversation = conversation
            let number = index == 0 ? "" : "-\(index + 1)"
            sessions.append(
                conversation.events(name: name + number, kind: "imported from \(format.rawValue)"))
            for line in conversation.losses.lines { losses.add(line) }
        }
        self.format = format
        self.sessions = sessions
        self.losses = losses
    }

    /// The JSON documents of a file: one, or one a line.
    private static func documents(_ bytes: [UInt8]) throws(ImportError) -> [Document] {
        let whole: JSONError
        do { return [Document(value: try JSONParser.parse(bytes), place: "")] } catch { whole = error }
        var documents: [Document] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                documents.append(
                    Document(value: try JSONParser.parse(Array(line)), place: "line \(index + 1): "))
            } catch {
                if documents.isEmpty {
                    throw ImportError("this is neither JSON (\(whole)) nor JSON lines (\(error))")
                }
                throw ImportError("line \(index + 1): \(error)")
            }
        }
        return documents
    }

    private static func format(of documents: [JSONValue], first: JSONValue) -> Format {
        let isClaudeCode = documents.prefix(20).contains { line in
            line["message"] != nil && line["type"] != nil && (line["sessionId"] != nil || line["uuid"] != nil)
        }
        if isClaudeCode { return .claudeCode }
        if CodexRollout.isOne(documents) { return .codex }
        if first["resourceSpans"] != nil { return .otel }
        if first["eval"] != nil, first["version"] != nil { return .inspect }
        let messages = first["messages"]?.arrayValue ?? first.arrayValue ?? []
        let hasBlocks = messages.contains { message in
            (message["content"]?.arrayValue ?? []).contains {
                ["tool_use", "tool_result", "thinking"].contains($0["type"]?.stringValue)
            }
        }
        let hasInputSchema = (first["tools"]?.arrayValue ?? []).contains { $0["input_schema"] != nil }
        return hasBlocks || hasInputSchema || first["system"] != nil ? .anthropic : .openai
    }
}

extension SessionImport.Format {
    /// What no file of the format says.
    var unsaid: [String] {
        let always = [
            "who approved each call, and by which rule", "tokens, their probabilities and masks",
            "the arguments that ran, where they were not those that the model asked for",
        ]
        switch self {
        case .openai, .anthropic: return always + ["when things happened, and how long they took"]
        case .claudeCode, .codex: return always + ["how long requests and calls took"]
        case .inspect, .otel: return always
        }
    }
}

/// Why a file cannot be imported.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the place and what is expected there.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// One JSON document of a file.
struct Document {
    let value: JSONValue
    /// `line 3: `, or nothing where the file is one document.
    let place: String

    /// RFC 3339 to milliseconds since 1970.
    static func milliseconds(_ text: String) -> Int64? {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return (try? format.parse(text)).map { Int64(bounded: ($0.timeIntervalSince1970 * 1_000).rounded()) }
    }
}
