import Agent
import JSON

/// Events as lines of a journal: one JSON object each, `n`, `t` and `kind` first, then the kind's own fields.
///
/// `n` is the event's number, `t` its time in milliseconds since 1970. The first line is the session's header and
/// carries the format's version. The last field, `hash`, ties a line to the one before it (from 1.1; `callgate audit`).
/// From 1.2 a token may name who chose it, a mark may carry a rule, and a fork's header its seed and model; from 1.3 a
/// response may carry its thinking, the format of its provider's blocks, remarks, and tokens thought and cached; from
/// 1.4 a header may say how turns are written, as learnt from the model's chat template, and that another program's
/// agent was attached.
public enum EventCodec {
    /// The version of the format: a reader of 1.x reads every 1.y, passing over fields that it does not know.
    ///
    /// A new kind of event, or a field without which an event is misread, makes a new major version.
    public static let version = JournalVersion(major: 1, minor: 4)

    /// The event as one line of UTF-8 bytes, its line break included.
    public static func line(_ event: Event) -> [UInt8] { Array((json(event).text() + "\n").utf8) }

    /// The event as a JSON object.
    public static func json(_ event: Event) -> JSONValue {
        let start: [(String, JSONValue?)] = [
            ("n", .int(event.number)), ("t", JSONNumber(text: String(event.time)).map { .number($0) }),
            ("kind", .string(event.body.name)),
        ]
        return .object(
            JSONObject(
                (start + event.body.journalMembers).compactMap { key, value in
                    value.map { JSONObject.Member(key: key, value: $0) }
                }))
    }
}

/// The version that a journal's header names.
public struct JournalVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Changes when old readers would misread.
    public let major: Int
    /// Changes when something is added that old readers may pass over.
    public let minor: Int

    /// `MAJOR.MINOR`.
    public var description: String { "\(major).\(minor)" }

    /// Order of age.
    public static func < (left: JournalVersion, right: JournalVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]), major >= 0, minor >= 0
        else { return nil }
        self.init(major: major, minor: minor)
    }
}

/// Reads the lines of one journal in order: it knows the version from the first, and that numbers have no gaps.
public struct EventDecoder: Sendable {
    /// The version that the header named; `nil` before it was read.
    public private(set) var version: JournalVersion?
    /// The number of the last event.
    public private(set) var lastNumber = 0
    /// The hash of the last line; `nil` where it has none.
    public private(set) var lastHash: String?
    /// How much of each event is kept.
    private let detail: Detail

    /// How much of each event is kept.
    public enum Detail: Sendable, Hashable {
        /// Everything that the line says.
        case whole
        /// What a fold of the session needs: tokens without their logits and candidates, and with the set that the
        /// mask allowed only where it held one token; requests without their text.
        case outline
    }

    /// A decoder of a journal's first line.
    public init(detail: Detail = .whole) { self.detail = detail }

    /// A decoder of the line after event `number` of a journal of that version.
    init(version: JournalVersion?, after number: Int) {
        detail = .whole
        self.version = version
        lastNumber = number
    }

    /// Reads the next line, given without its line break.
    ///
    /// - Parameter lineNumber: the line's place in the file, from 1, for errors.
    /// - Throws: ``JournalError`` naming the line, the place in it and what is wrong.
    public mutating func decode(_ line: [UInt8], lineNumber: Int) throws(JournalError) -> Event {
        if detail == .outline, let short = OutlineLine.shortened(line) {
            var attempt = self
            if let event = try? attempt.decodeAll(short, lineNumber: lineNumber) {
                self = attempt
                return event
            }
        }
        return try decodeAll(line, lineNumber: lineNumber)
    }

    private mutating func decodeAll(_ line: [UInt8], lineNumber: Int) throws(JournalError) -> Event {
        let value: JSONValue
        do {
            value = try JSONParser.parse(line)
        } catch {
            throw JournalError.corrupt(line: lineNumber, column: error.column, error.reason)
        }
        do {
            if version == nil { version = try EventDecoder.version(of: value) }
            let event = try event(value)
            guard event.number == lastNumber + 1 else {
                throw FieldError(
                    place: JSONPointer(["n"]),
                    reason: "event \(event.number) follows event \(lastNumber); numbers must rise by one")
            }
            lastNumber = event.number
            lastHash = value["hash"]?.stringValue
            return event
        } catch let error as FieldError {
            let place = error.place.tokens.isEmpty ? "" : "at \(error.place): "
            throw JournalError.corrupt(line: lineNumber, column: nil, place + error.reason)
        } catch let error as JournalError {
            throw error
        } catch {
            throw JournalError.corrupt(line: lineNumber, column: nil, String(describing: error))
        }
    }

    /// Reads a line whatever its number is: an audit goes on after a fault.
    mutating func decodeAnywhere(_ line: [UInt8], lineNumber: Int) throws(JournalError) -> Event {
        if lineNumber > 1, let number = (try? JSONParser.parse(line))?["n"]?.intValue {
            lastNumber = number - 1
        }
        return try decode(line, lineNumber: lineNumber)
    }

    private static func version(of value: JSONValue) throws -> JournalVersion {
        guard value["kind"]?.stringValue == "session", let text = value["journal"]?.stringValue else {
            throw JournalError.notAJournal("its first line is no session header")
        }
        guard let version = JournalVersion(text) else {
            throw FieldError(place: JSONPointer(["journal"]), reason: "\"\(text)\" is no version such as 1.0")
        }
        guard version.major == EventCodec.version.major else { throw JournalError.unknownVersion(version) }
        return version
    }

    /// The milliseconds since 1970 at which an event may have happened: with others nobody could reckon.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_999

    private func event(_ value: JSONValue) throws -> Event {
        let isLenient = version.map { $0 > EventCodec.version } ?? false
        let field = Field(value: value, place: JSONPointer(), isLenient: isLenient)
        return try field.object { fields in
            fields.detail = detail
            let number = try fields("n").int()
            let time = Int64(try fields("t").int())
            guard EventDecoder.times.contains(time) else {
                throw FieldError(
                    place: JSONPointer(["t"]), reason: "\(time) is no time between 1970 and the year 9999")
            }
            _ = try fields.optional("hash")?.string()
            let body = try EventBody(&fields, isFirst: lastNumber == 0)
            return Event(number: number, time: time, body: body)
        }
    }
}

extension EventBody {
    fileprivate var journalMembers: [(String, JSONValue?)] {
        switch self {
        case .sessionStarted(let header):
            [("journal", .string(EventCodec.version.description))] + header.journalMembers
        case .messageAdded(let message): message.journalMembers
        case .requestSent(let record): record.journalMembers
        case .token(let step): step.journalMembers
        case .requestRetried(let round, let attempt, let reason, let delay):
            [
                ("round", .int(round)), ("attempt", .int(attempt)), ("reason", .string(reason)),
                ("delayMs", .int(delay)),
            ]
        case .responseReceived(let round, let response, let milliseconds):
            [("round", .int(round))] + response.journalMembers + [("ms", .double(milliseconds))]
        case .callJudged(let key, let problems, let ruling):
            key.journalMembers + [("problems", .array(problems.map(\.json))), ("ruling", ruling.json)]
        case .decided(let key, let decision, let decider):
            key.journalMembers + decision.journalMembers + [("by", decider.json)]
        case .callStarted(let key, let arguments):
            key.journalMembers + [("arguments", .string(arguments.text))]
        case .callFinished(let key, let result), .callLate(let key, let result):
            key.journalMembers + result.journalMembers
        case .resultEdited(let key, let content): key.journalMembers + [("content", .string(content))]
        case .toolMessage(let key, let content, let isError):
            key.journalMembers + [("content", .string(content)), ("error", .bool(isError))]
        case .marked(let note): [("note", .string(note))]
        case .ruleAdded(let rule):
            [
                ("note", .string("rule \(rule.name): \(rule.effect.rawValue) \(rule.tool)")),
                ("rule", rule.json),
            ]
        case .sessionResumed: []
        case .runFinished(let outcome): outcome.journalMembers
        }
    }

    fileprivate init(_ fields: inout Fields, isFirst: Bool) throws {
        let kind = try fields("kind")
        let name = try kind.string()
        guard isFirst == (name == "session") else {
            throw kind.fault(isFirst ? "a journal begins with a session event" : "a second session event")
        }
        switch name {
        case "session":
            _ = try fields("journal")
            self = .sessionStarted(try SessionHeader(&fields))
        case "message": self = .messageAdded(try Message(&fields))
        case "request": self = .requestSent(try RequestRecord(&fields))
        case "token": self = .token(try TokenStep(&fields))
        case "retry":
            self = .requestRetried(
                round: try fields("round").int(), attempt: try fields("attempt").int(),
                reason: try fields("reason").string(), delayMilliseconds: try fields("delayMs").int())
        case "response":
            self = .responseReceived(
                round: try fields("round").int(), try ModelResponse(&fields),
                milliseconds: try fields("ms").double())
        case "mark":
            let note = try fields("note").string()
            let rule = try fields.optional("rule").map(Rule.init)
            self = rule.map { .ruleAdded($0) } ?? .marked(note)
        case "resumed": self = .sessionResumed
        case "end": self = .runFinished(try RunOutcome(&fields))
        default: self = try EventBody(ofCall: name, kind, &fields)
        }
    }

    private init(ofCall name: String, _ kind: Field, _ fields: inout Fields) throws {
        let known = ["judged", "decision", "started", "finished", "late", "result-edited", "tool-message"]
        guard known.contains(name) else { throw kind.fault("\"\(name)\" is no kind of event") }
        let key = try CallKey(&fields)
        switch name {
        case "judged":
            self = .callJudged(
                key, problems: try fields("problems").list(CallProblem.init),
                ruling: try Ruling(fields("ruling")))
        case "decision": self = .decided(key, try Decision(&fields), by: try Decider(fields("by")))
        case "started": self = .callStarted(key, arguments: ByteString(try fields("arguments").string()))
        case "finished": self = .callFinished(key, try CallResult(&fields))
        case "late": self = .callLate(key, try CallResult(&fields))
        case "result-edited": self = .resultEdited(key, content: try fields("content").string())
        default:
            self = .toolMessage(
                key, content: try fields("content").string(), isError: try fields("error").bool())
        }
    }
}
