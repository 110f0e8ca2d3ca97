import Formats
import JSON

/// A file of another program: what kind it is of, and what stands in it.
struct ImportSource {
    let format: SessionImport.Format
    /// What showed it.
    let reason: String
    /// The JSON documents: one, or one a line.
    let documents: [Document]
    /// Lines that are no JSON, each with its place, and other parts that cannot be read.
    let broken: [String]
    private let bytes: [UInt8]
    /// What of the file's compressed parts may yet unfold.
    private let bound: UnfoldingBound

    /// The most compressions around a file: archives of archives are nobody's transcripts.
    private static let mostLayers = 3

    /// Reads the bytes and tells their kind.
    /// - Throws: ``ImportError`` for what is of no kind that is read.
    init(_ given: [UInt8], format: SessionImport.Format?) throws(ImportError) {
        var bound = UnfoldingBound()
        let bytes = try ImportSource.plain(given, within: &bound)
        (self.bytes, self.bound) = (bytes, bound)
        if ZipArchive.isOne(bytes) {
            let archive = try InspectArchive.log(bytes, within: bound)
            documents = [Document(value: archive.log, place: "")]
            (self.format, reason) = (.inspect, "it is an archive with a log's head and samples")
            broken = archive.broken
            return
        }
        if format == .mitmproxy || format == nil, FlowFile.isOne(bytes) {
            documents = []
            (self.format, reason, broken) = (.mitmproxy, "it is made of typed netstrings", [])
            return
        }
        if format == .otel || format == nil, bytes.first == 0x0A, let spans = ProtobufSpans.document(bytes) {
            documents = [Document(value: spans, place: "")]
            (self.format, reason, broken) = (.otel, "it is a message of OTLP's protobuf encoding", [])
            return
        }
        if format?.wireFormat != nil || format == nil, let stream = SavedStream(bytes) {
            documents = [stream.document]
            self.format = format ?? SessionImport.Format(stream.format)
            (reason, broken) = ("it is a stream of \(stream.format.title)", [])
            return
        }
        let (all, lines) = try ImportSource.documents(bytes)
        let (found, failures) = try BatchLines.succeeded(all)
        broken = lines + failures
        guard let first = found.first else { throw ImportError("the file is empty") }
        if first.value["kind"] == "session", first.value["journal"] != nil {
            throw ImportError("this is a session of Callgate already; callgate replay opens it")
        }
        let values = found.map(\.value)
        if format == nil || format == .codex {
            if let refusal = CodexEvents.refusal(values) { throw ImportError(refusal) }
            if BareRollout.isOne(values) {
                documents = BareRollout.lines(found)
                (self.format, reason) = (.codex, "its lines are response items after a head without a type")
                return
            }
        }
        if found.count == 1, format == nil || format == .claudeCode, ClaudeStream.isResult(first.value) {
            throw ImportError(ClaudeStream.resultAlone)
        }
        if format?.wireFormat != nil || format == nil, let stream = SavedStream(chunks: values) {
            documents = [stream.document]
            self.format = format ?? SessionImport.Format(stream.format)
            reason = "it is the chunks of a stream of \(stream.format.title)"
            return
        }
        if format == nil || format == .anthropic {
            let converse = found.map { ConverseMessages.anthropic($0.value) }
            if converse.contains(where: { $0 != nil }) {
                documents = zip(found, converse).map { Document(value: $1 ?? $0.value, place: $0.place) }
                (self.format, reason) = (.anthropic, "its blocks are those of Bedrock's Converse")
                return
            }
        }
        documents = found
        let guess = ImportSource.guess(values, first: first.value)
        self.format = format ?? guess.format
        reason = format == nil ? guess.reason : "as --format says"
    }

    /// The bytes without the gzip around them, and texts of 16-bit units as UTF-8.
    private static func plain(
        _ given: [UInt8], within bound: inout UnfoldingBound
    ) throws(ImportError) -> [UInt8] {
        var (bytes, layers) = (given, 0)
        while bytes.starts(with: [0x1F, 0x8B]) {
            guard layers < mostLayers else {
                throw ImportError(
                    "the file is compressed more than \(mostLayers) times over; unpack it first")
            }
            bytes = try bound.unfold(bytes, in: "gzip") ?? []
            layers += 1
        }
        return RelaxedJSON.utf8(bytes)
    }

    /// The requests to models, for the kinds that are recordings of them.
    func exchanges(_ losses: inout Losses) throws(ImportError) -> [RecordedExchange] {
        let values = documents.map(\.value)
        switch format {
        case .mitmproxy: return try FlowFile.exchanges(bytes, &losses, within: bound)
        case .har: return values.flatMap { HARFile.exchanges($0, &losses) }
        case .traces: return TracedRuns.exchanges(values, &losses)
        case .responses: return values.compactMap { RequestFile.exchange($0, format: .responses) }
        case .gemini: return values.compactMap { RequestFile.exchange($0, format: .gemini) }
        case .ollama: return values.compactMap { RequestFile.exchange($0, format: .ollama) }
        default: return []
        }
    }

    private static func documents(
        _ bytes: [UInt8]
    ) throws(ImportError) -> (documents: [Document], broken: [String]) {
        let whole: JSONError
        do { return (unwrapped(try JSONParser.parse(bytes)), []) } catch { whole = error }
        var documents: [Document] = []
        var broken: [String] = []
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            do {
                documents.append(
                    Document(value: try JSONParser.parse(Array(line)), place: "line \(index + 1): "))
            } catch {
                broken.append("line \(index + 1), which is no JSON (\(error))")
            }
        }
        if documents.isEmpty, broken.isEmpty { throw ImportError("the file is empty") }
        // One sound line among rubbish does not make a file of lines.
        guard !documents.isEmpty, documents.count >= broken.count else {
            let printed = ImportSource.printed(bytes)
            if !printed.isEmpty { return (printed, []) }
            throw ImportError(
                "this is neither JSON (\(whole)) nor JSON lines (\(broken.first ?? "no line"))")
        }
        return (documents, broken)
    }

    /// Objects one after the other, each over several lines, as OpenTelemetry's console exporter prints spans.
    private static func printed(_ bytes: [UInt8]) -> [Document] {
        guard bytes.starts(with: "{\n".utf8) || bytes.starts(with: "{\r\n".utf8) else { return [] }
        var documents: [Document] = []
        var current: [UInt8] = []
        for line in bytes.split(separator: 0x0A) {
            current += line + [0x0A]
            guard line.elementsEqual("}".utf8) || line.elementsEqual("}\r".utf8) else { continue }
            guard let value = try? JSONParser.parse(current), SpanFile(value) != nil else { return [] }
            documents.append(Document(value: value, place: "object \(documents.count + 1): "))
            current = []
        }
        return current.isEmpty ? documents : []
    }

    /// The documents of one JSON text: a list of requests is as many documents.
    private static func unwrapped(_ value: JSONValue) -> [Document] {
        // A page of what a provider has stored, and the requests of a batch.
        let batch = value["requests"]?.arrayValue.flatMap { list in
            list.allSatisfy { $0["custom_id"] != nil } ? list : nil
        }
        let page = value["object"] == "list" ? value["data"]?.arrayValue : batch
        let list = page ?? value.arrayValue ?? []
        if ClaudeStream.isOne(list) || SavedStream(chunks: list) != nil {
            return list.map { Document(value: $0, place: "") }
        }
        let isList = list.allSatisfy { element in
            ["messages", "contents", "request", "body", "custom_id"].contains(where: element.has)
                || SpanFile(element) != nil || RequestFile.responseFormat(of: element) != nil
        }
        guard isList, !list.isEmpty else {
            return [Document(value: page.map { .array($0) } ?? value, place: "")]
        }
        return list.enumerated().map { Document(value: $1, place: "element \($0 + 1): ") }
    }

    /// The kind of a file by its content, and what shows it.
    private static func guess(
        _ documents: [JSONValue], first: JSONValue
    ) -> (format: SessionImport.Format, reason: String) {
        if ClaudeStream.isOne(documents) {
            return (.claudeCode, "its lines are what claude --output-format stream-json prints")
        }
        let isClaudeCode = documents.prefix(200).contains { line in
            line["message"] != nil && line["type"] != nil && (line["sessionId"] != nil || line["uuid"] != nil)
        }
        if isClaudeCode { return (.claudeCode, "its lines have type, message and uuid") }
        if CodexRollout.isOne(documents) { return (.codex, "its lines have type and payload") }
        if ProtocolLog.isOne(documents) {
            return (.mcpsnoop, "its lines have direction, session_id and seq")
        }
        if let file = SpanFile(first) { return (.otel, file.reason) }
        if first["eval"] != nil, first["version"] != nil { return (.inspect, "it has eval and version") }
        if HARFile.isOne(first) { return (.har, "it has log.entries") }
        if TracedRuns.isOne(documents) {
            return (.traces, "its records have run_type or type and what was asked")
        }
        if PydanticMessages.isOne(first) {
            return (.openai, "its messages have a kind and parts of a part_kind, as Pydantic AI writes them")
        }
        let answered = RequestFile.response(in: first).flatMap(RequestFile.responseFormat)
        if let answered { return (SessionImport.Format(answered), "it has a response of \(answered.title)") }
        let request = RequestFile.request(in: first)
        switch RequestFile.format(of: request) {
        case .gemini: return (.gemini, "it has contents")
        case .responses: return (.responses, "its input has items")
        case .ollama: return (.ollama, "options or a format stand beside messages")
        default: return messages(request)
        }
    }

    private static func messages(_ first: JSONValue) -> (format: SessionImport.Format, reason: String) {
        let messages = first["messages"]?.arrayValue ?? first.arrayValue ?? []
        let hasBlocks = messages.contains { message in
            (message["content"]?.arrayValue ?? []).contains {
                ["tool_use", "tool_result", "thinking", "redacted_thinking"].contains($0["type"]?.stringValue)
            }
        }
        if hasBlocks { return (.anthropic, "its messages have blocks tool_use, tool_result or thinking") }
        let hasInputSchema = (first["tools"]?.arrayValue ?? []).contains { $0["input_schema"] != nil }
        if hasInputSchema { return (.anthropic, "its tools have input_schema") }
        if first["system"] != nil { return (.anthropic, "system stands beside messages") }
        return (.openai, "it has messages with roles")
    }
}

extension JSONValue {
    /// Whether the value is an object with that member.
    fileprivate func has(_ key: String) -> Bool { self[key] != nil }
}

extension SessionImport.Format {
    /// The wire format in which such files are; `nil` for those that are in none.
    fileprivate var wireFormat: WireFormat? {
        switch self {
        case .openai: .chatCompletions
        case .anthropic: .messages
        case .responses: .responses
        case .gemini: .gemini
        case .ollama: .ollama
        case .claudeCode, .codex, .inspect, .otel, .har, .mitmproxy, .mcpsnoop, .traces: nil
        }
    }

    /// The format of files whose requests are in a wire format.
    fileprivate init(_ format: WireFormat) {
        self =
            switch format {
            case .chatCompletions: .openai
            case .messages: .anthropic
            case .responses: .responses
            case .gemini: .gemini
            case .ollama: .ollama
            }
    }
}
