import JSON

/// One side of a conversation with an MCP server: bytes in, messages out; no transport, no clock.
///
/// It finds out the server's era (a `server/discover` probe, then `initialize` where the answer shows no modern
/// server), lists the tools page by page and carries calls. `https://modelcontextprotocol.io/specification`,
/// revisions 2024-11-05 to 2026-07-28.
struct MCPSession: Sendable {
    /// What is to be done, in order.
    enum Action: Sendable, Hashable {
        case send(MCPMessage)
        /// The era is known; transports speak it from here on.
        case settled(MCPEra, version: String)
        /// The catalogue is complete.
        case tools([MCPToolDescription])
        /// A call has ended.
        case finished(call: Int, MCPCallResult)
        /// A call cannot be answered.
        case failed(call: Int, String)
        /// The server knows the session no longer and did not read the call; it can be made in a new one.
        case forgotten(call: Int)
        /// The person is to be asked.
        case ask(Question, Elicitation)
        /// The server withdrew its question.
        case withdraw(Question)
        /// The call goes on with ``resume(_:)`` after a moment.
        case wait(call: Int, milliseconds: Int)
        /// The server answered something else; ``giveUp(_:_:)`` follows after a moment.
        case doubt(request: Int, said: String, milliseconds: Int)
        /// A message has begun; ``giveUpLines(since:)`` follows after a moment.
        case unfinished(lines: Int, milliseconds: Int)
        /// A line for the log.
        case log(String)
        /// The server cannot be used; why, as what follows its name.
        case unusable(String)
    }

    /// A question that waits for the person.
    enum Question: Sendable, Hashable {
        /// A request of a legacy server, by its ID.
        case request(JSONValue)
        /// One of the inputs that a call of a modern server needs.
        case input(call: Int, key: String)
    }

    enum Phase: Sendable, Hashable {
        case new
        case probing(again: Bool)
        case initializing
        case ready
        case closed(String)
    }

    enum Pending: Sendable, Hashable {
        case discover
        case initialize
        case list
        case call(Int)
    }

    /// The name by which the configuration knows the server.
    let server: String
    private(set) var phase = Phase.new
    private(set) var era: MCPEra?
    private(set) var version = MCPVersion.modern
    var pending: [Int: Pending] = [:]
    var calls: [Int: MCPCall] = [:]
    var questions: Set<Question> = []
    /// The IDs under which the server asked something, up to ``maximumServerRequests``; they may be the same as ours.
    private var askedByServer: Set<JSONValue> = []
    private var nextID = 1
    /// What the server writes in lines, while a message may go on in the next.
    var pieces = MessagePieces()
    private var listed: [MCPToolDescription] = []
    private var listedBytes = 0
    private var cursors: Set<ByteString> = []
    private static let maximumTools = 10_000
    /// All definitions together, as JSON text.
    private static let maximumToolBytes = 32 << 20
    private static let maximumPages = 1_000
    private static let maximumServerRequests = 10_000
    /// How long the right answer may still follow one under a wrong ID.
    static let doubtMilliseconds = 1_000

    init(server: String) { self.server = server }

    /// Begins: asks the server what it is.
    mutating func start() -> [Action] {
        phase = .probing(again: false)
        return [send(.discover, "server/discover", [:])]
    }

    /// The probe went unanswered for too long: a server that says nothing to a method it does not know, or one that
    /// starts slowly, whose answer still counts when it comes.
    mutating func probeTimedOut() -> [Action] {
        guard case .probing = phase else { return [] }
        return initialize()
    }

    /// The process has ended at the probe and is there anew: some servers end at whatever precedes `initialize`.
    mutating func startedAgain() -> [Action] {
        guard case .probing = phase else { return [] }
        pending = [:]
        pieces = MessagePieces()
        return initialize()
    }

    /// The session is gone in which a request was sent.
    mutating func forget(_ request: Int) -> [Action] {
        guard let purpose = pending.removeValue(forKey: request) else { return [] }
        guard case .call(let call) = purpose else { return close("no longer knows the session (HTTP 404)") }
        calls[call] = nil
        return [.forgotten(call: call)]
    }

    /// The server cannot be used from here on; the reason goes on from the server's name.
    mutating func close(_ reason: String) -> [Action] {
        if case .closed = phase { return [] }
        phase = .closed(reason)
        // The end is known before a call's failure is, so that nobody takes the server for alive then.
        var actions: [Action] = [.unusable(reason)] + questions.map { .withdraw($0) }
        let end = "server \(server) \(reason); whether the call took effect is unknown"
        actions += calls.keys.sorted().map { .failed(call: $0, end) }
        calls = [:]
        questions = []
        pending = [:]
        return actions
    }

    mutating func receive(_ value: JSONValue) -> [Action] {
        if let batch = value.arrayValue {
            var actions: [Action] = []
            for message in batch { actions += receive(message) }
            return actions
        }
        if case .closed = phase { return [] }
        switch (value["method"]?.stringValue, value["id"]) {
        // Some servers repeat the method in their answer.
        case (_?, let id?) where value["result"] != nil || value["error"] != nil: return response(id, value)
        case (let method?, let id?): return request(id, method, value["params"] ?? [:])
        case (let method?, nil): return notification(method, value["params"] ?? [:])
        case (nil, let id?) where value.isAnswer: return response(id, value)
        // An answer to nobody: to whom is soon told where one waits alone.
        case (nil, nil) where value["jsonrpc"] != nil && (value["result"] != nil || value["error"] != nil):
            return response(.null, value)
        case (nil, _): return [.log("not a message: \(value.text().prefix(200))")]
        }
    }

    // MARK: Sending

    mutating func send(
        _ purpose: Pending, _ method: String, _ params: JSONValue, headers: [String: String] = [:]
    ) -> Action {
        let id = nextID
        nextID += 1
        pending[id] = purpose
        var params = params.objectValue ?? JSONObject()
        var headers = headers
        if phase != .initializing, era != .legacy {
            var meta = params["_meta"]?.objectValue ?? JSONObject()
            meta["io.modelcontextprotocol/protocolVersion"] = .string(version)
            meta["io.modelcontextprotocol/clientInfo"] = MCPSession.client
            meta["io.modelcontextprotocol/clientCapabilities"] = MCPSession.capabilities
            params["_meta"] = .object(meta)
            headers["Mcp-Method"] = method
        }
        if method == "tools/call" {
            var meta = params["_meta"]?.objectValue ?? JSONObject()
            meta["progressToken"] = .number(JSONNumber(id))
            params["_meta"] = .object(meta)
        }
        if phase != .initializing { headers["MCP-Protocol-Version"] = version }
        var message = MCPMessage.request(id, method, .object(params))
        message.headers = headers
        return .send(message)
    }

    private static let client: JSONValue = ["name": "callgate", "version": "0.1.0"]
    /// What servers may ask of us: questions to the person, and nothing else.
    private static let capabilities: JSONValue = ["elicitation": ["form": [:], "url": [:]]]

    // MARK: The era

    private mutating func initialize() -> [Action] {
        phase = .initializing
        return [
            send(
                .initialize, "initialize",
                [
                    "protocolVersion": .string(MCPVersion.legacy[0]), "capabilities": MCPSession.capabilities,
                    "clientInfo": MCPSession.client,
                ])
        ]
    }

    mutating func response(_ id: JSONValue, _ value: JSONValue) -> [Action] {
        guard let number = MCPSession.number(of: id), let purpose = pending.removeValue(forKey: number) else {
            return strangeAnswer(id, value)
        }
        return answer(to: purpose, value)
    }

    /// A request's ID as it comes back: some servers make a string or a decimal of it.
    static func number(of id: JSONValue) -> Int? {
        id.intValue ?? id.numberValue?.decimal.intValue ?? id.stringValue.flatMap(Int.init)
    }

    /// An answer whose ID no waiting request has.
    ///
    /// A late or second answer is only noted. One under an ID that was never given out is of a server that may not
    /// answer otherwise: where a single request waits, it is given up soon, since to whom the answer belongs is not known.
    private func strangeAnswer(_ id: JSONValue, _ value: JSONValue) -> [Action] {
        let note = "an answer to a request that waits for none: \(id.text())"
        let isLate = MCPSession.number(of: id).map { $0 > 0 && $0 < nextID } ?? false
        guard !isLate, let waiting = onlyPending else { return [.log(note)] }
        var said = "answered under the ID \(id.text()), but was asked under \(waiting)"
        if let fault = value["error"], fault != .null { said += ": \(MCPFault(fault).description)" }
        return doubt(waiting, said, note: note)
    }

    /// Notes what the server did, and gives up the request that may wait in vain for it.
    func doubt(_ request: Int?, _ said: String, note: String? = nil) -> [Action] {
        let waiting = request.map {
            Action.doubt(request: $0, said: said, milliseconds: MCPSession.doubtMilliseconds)
        }
        return [.log(note ?? said)] + [waiting].compactMap(\.self)
    }

    /// The request that waits, where it is the only one.
    var onlyPending: Int? { pending.count == 1 ? pending.keys.first : nil }

    /// Gives a request up that still waits after the server has answered something else.
    mutating func giveUp(_ request: Int, _ said: String) -> [Action] {
        guard let purpose = pending.removeValue(forKey: request) else { return [] }
        return answer(to: purpose, ["error": ["message": .string(said)]])
    }

    private mutating func answer(to purpose: Pending, _ value: JSONValue) -> [Action] {
        // JSON-RPC 1.0 gave both members, one of them null.
        let fault = value["error"].flatMap { $0 == .null ? nil : MCPFault($0) }
        let result = value["result"] ?? .null
        switch purpose {
        case .discover: return discovered(result, fault)
        case .initialize: return initialized(result, fault)
        case .list: return listed(result, fault)
        case .call(let call): return answered(call, result, fault)
        }
    }

    /// Anything but a discover result or an error that only a modern server gives means a legacy server.
    private mutating func discovered(_ result: JSONValue, _ fault: MCPFault?) -> [Action] {
        let versions = (result["supportedVersions"]?.arrayValue ?? []).compactMap(\.stringValue)
        if phase == .initializing, versions.contains(MCPVersion.modern) {
            return settle(.modern, MCPVersion.modern)
        }
        guard case .probing(let again) = phase else { return [] }
        if let fault {
            let offered = (fault.data?["supported"]?.arrayValue ?? []).compactMap(\.stringValue)
            switch fault.code {
            case MCPErrorCode.unsupportedVersion:
                if offered.contains(MCPVersion.modern), !again {
                    phase = .probing(again: true)
                    return [send(.discover, "server/discover", [:])]
                }
                if offered.isEmpty || offered.contains(where: MCPVersion.legacy.contains) {
                    return initialize()
                }
                let versions = offered.joined(separator: ", ")
                return close(
                    "speaks MCP \(versions) only; callgate speaks up to \(MCPVersion.modern)")
            case MCPErrorCode.headerMismatch, MCPErrorCode.missingCapability:
                return close("refused server/discover: \(fault.description)")
            default: return initialize()
            }
        }
        guard versions.contains(MCPVersion.modern) else { return initialize() }
        return settle(.modern, MCPVersion.modern)
    }

    private mutating func initialized(_ result: JSONValue, _ fault: MCPFault?) -> [Action] {
        guard phase == .initializing else { return [] }
        if let fault { return close("refused to initialize: \(fault.description)") }
        guard let offered = result["protocolVersion"]?.stringValue, MCPVersion.legacy.contains(offered) else {
            let offered = result["protocolVersion"]?.text() ?? "nothing"
            return close(
                "answered initialize with the version \(offered), which callgate doesn't speak")
        }
        return settle(.legacy, offered)
    }

    private mutating func settle(_ era: MCPEra, _ version: String) -> [Action] {
        self.era = era
        self.version = version
        phase = .ready
        var actions: [Action] = [.settled(era, version: version)]
        if era == .legacy {
            var message = MCPMessage.notification("notifications/initialized")
            message.headers["MCP-Protocol-Version"] = version
            actions.append(.send(message))
        }
        return actions + [send(.list, "tools/list", [:])]
    }

    // MARK: The catalogue

    private mutating func listed(_ result: JSONValue, _ fault: MCPFault?) -> [Action] {
        if let fault, !listed.isEmpty {
            // What the pages before have told can be used.
            defer { (listed, listedBytes) = ([], 0) }
            return [
                .log(
                    "its list of tools ends after \(listed.count): the next page failed: \(fault.description)"
                ),
                .tools(listed),
            ]
        }
        if let fault {
            // A server may have no tools at all, and then needs not know the method.
            if fault.code == MCPErrorCode.methodNotFound || fault.data?["http"]?.intValue == 404 {
                return [.tools([])]
            }
            return close("doesn't list its tools: \(fault.description)")
        }
        guard let entries = result["tools"]?.arrayValue else {
            return close(
                "answered tools/list without a list of tools: \(result.text().prefix(200))")
        }
        for entry in entries {
            listed.append(MCPToolDescription(entry))
            listedBytes += entry.text().utf8.count
            guard listed.count <= MCPSession.maximumTools, listedBytes <= MCPSession.maximumToolBytes else {
                return close(
                    "lists more tools than can be used: at most \(MCPSession.maximumTools) "
                        + "in \(MCPSession.maximumToolBytes >> 20) MiB; it is no catalogue that a model could be told of"
                )
            }
        }
        // An empty cursor is some servers' way to say that there is none.
        guard let next = result["nextCursor"], next != .null, next != "" else {
            defer { (listed, listedBytes) = ([], 0) }
            return [.tools(listed)]
        }
        let cursor = next.plainText
        guard cursors.insert(ByteString(cursor)).inserted else {
            return close("lists its tools without an end: the cursor \(cursor) came twice")
        }
        guard listed.count < MCPSession.maximumTools, cursors.count < MCPSession.maximumPages else {
            return close(
                "lists its tools without an end: \(listed.count) tools on \(cursors.count) pages, and more to come"
            )
        }
        return [send(.list, "tools/list", ["cursor": next])]
    }

    // MARK: What the server says by itself

    private mutating func request(_ id: JSONValue, _ method: String, _ params: JSONValue) -> [Action] {
        if askedByServer.count < MCPSession.maximumServerRequests { askedByServer.insert(id) }
        switch method {
        case "ping": return [.send(MCPMessage.result(id, [:]))]
        case "elicitation/create":
            questions.insert(.request(id))
            return [.ask(.request(id), Elicitation(server: server, params: params))]
        default:
            let refusal = "callgate answers ping and elicitation/create, not \(method)"
            return [.send(MCPMessage.error(id, MCPErrorCode.methodNotFound, refusal)), .log(refusal)]
        }
    }

    private mutating func notification(_ method: String, _ params: JSONValue) -> [Action] {
        switch method {
        case "notifications/progress":
            let total = params["total"].map { " of \($0.plainText)" } ?? ""
            let words = params["message"]?.stringValue.map { ": \($0)" } ?? ""
            return [.log("progress \(params["progress"]?.plainText ?? "?")\(total)\(words)")]
        case "notifications/message":
            return [.log("\(params["level"]?.stringValue ?? "log"): \(params["data"]?.plainText ?? "")")]
        case "notifications/cancelled":
            let cancelled = params["requestId"] ?? .null
            let question = Question.request(cancelled)
            if questions.remove(question) != nil { return [.withdraw(question)] }
            // Both sides count their requests for themselves: what the server asked under this ID has been answered.
            guard !askedByServer.contains(cancelled), askedByServer.count < MCPSession.maximumServerRequests,
                let request = MCPSession.number(of: cancelled), pending[request] != nil
            else { return [] }
            // None of the protocol's: only who asks may cancel.
            let reason = params["reason"]?.stringValue.map { ": \($0)" } ?? ""
            return doubt(request, "cancelled the request by itself\(reason)")
        case "notifications/tools/list_changed":
            return [.log("the server has other tools now; this run keeps those that it began with")]
        case "elicitation/create", "sampling/createMessage", "roots/list":
            // It will wait for what cannot come.
            return doubt(onlyPending, "asked \(method) without an ID, so that nothing can be answered")
        default: return []
        }
    }
}
