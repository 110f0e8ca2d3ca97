import Agent
import JSON

/// A decision that was made in another process than the run's.
public struct OutsideDecision: Sendable, Hashable {
    /// The session's name.
    public let session: String
    /// The call.
    public let key: CallKey
    /// The event since which the call waited when it was decided.
    public let since: Int
    /// The tool, ID and argument bytes that the decider saw.
    public let hash: CallHash
    /// What becomes of the call; `nil` where it runs and is cancelled.
    public let decision: Decision?

    /// Whether it gives up a call that runs.
    public var cancels: Bool { decision == nil }
    /// The word for it.
    public var name: String { decision?.name ?? "cancel" }

    /// A decision for a call as it was shown.
    public init(session: String, call: WaitingCall, decision: Decision) {
        self.session = session
        key = call.record.key
        since = call.since
        hash = call.hash
        self.decision = decision
    }

    /// The cancellation of a call that was shown as running.
    public init(session: String, cancelling call: WaitingCall) {
        self.session = session
        key = call.record.key
        since = call.since
        hash = call.hash
        decision = nil
    }

    /// Why it does not hold for what waits in that session now; `nil` where it does.
    public func objection(in session: String, waiting: WaitingCall?) -> String? {
        guard self.session.utf8.elementsEqual(session.utf8) else {
            return "the decision is for session \(self.session)"
        }
        if case .refuse = decision { return "only the gate itself refuses a call; deny it" }
        guard let waiting else {
            return cancels ? "call \(key.id) does not run" : "call \(key.id) does not wait for a decision"
        }
        guard waiting.hash == hash else {
            return "call \(key.id) is not what was decided: its tool, ID or argument bytes have another hash"
        }
        guard waiting.since == since else {
            if cancels { return "call \(key.id) was started anew at step \(waiting.since): look again" }
            return
                "call \(key.id) waits anew since step \(waiting.since), the decision is for step \(since): look again"
        }
        return nil
    }

    /// One line of JSON.
    func bytes() -> [UInt8] {
        let members: [(String, JSONValue?)] =
            [("callgate-decision", .int(1)), ("session", .string(session))] + key.journalMembers
            + [("since", .int(since)), ("hash", .string(hash.description))]
            + (decision?.journalMembers ?? [("decision", .string("cancel"))])
        let object = JSONObject(
            members.compactMap { key, value in value.map { JSONObject.Member(key: key, value: $0) } })
        return Array((JSONValue.object(object).text() + "\n").utf8)
    }

    /// Reads what ``bytes()`` wrote.
    /// - Throws: ``ApprovalError`` saying what is wrong.
    init(bytes: [UInt8]) throws(ApprovalError) {
        do {
            let value = try JSONParser.parse(bytes)
            self = try Field(value: value, place: JSONPointer([]), isLenient: false).object { fields in
                guard try fields("callgate-decision").int() == 1 else {
                    throw fields.fault("only version 1 is known")
                }
                let hash = try fields("hash")
                guard let parsed = CallHash(try hash.string()) else {
                    throw hash.fault("this is no SHA-256")
                }
                return try OutsideDecision(
                    session: fields("session").string(), key: CallKey(&fields), since: fields("since").int(),
                    hash: parsed,
                    decision: fields("decision").string() == "cancel" ? nil : Decision(&fields))
            }
        } catch let error as FieldError {
            throw ApprovalError("the decision cannot be read: at \(error.place): \(error.reason)")
        } catch {
            throw ApprovalError("the decision cannot be read: \(error)")
        }
    }

    private init(session: String, key: CallKey, since: Int, hash: CallHash, decision: Decision?) {
        self.session = session
        self.key = key
        self.since = since
        self.hash = hash
        self.decision = decision
    }
}

/// Why a decision could not be left, or read, or taken.
public struct ApprovalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: what is wrong and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
