import Agent
import Formats
import JSON

/// Two sessions beside each other, aligned by round and call.
public struct SessionComparison: Sendable {
    /// The differences, in the order of the path.
    public private(set) var differences: [SessionDifference] = []

    private let tolerance: Double
    /// Whether nobody recorded how one of the sessions was decided: that is not compared then.
    private let isUndecided: Bool

    /// Compares two sessions; their names and times never count.
    ///
    /// - Parameter tolerance: by how much the probabilities of a token may differ without counting.
    public init(_ left: SessionOutline, _ right: SessionOutline, tolerance: Double = 1e-4) {
        self.tolerance = tolerance
        isUndecided = left.header?.isImported ?? false || right.header?.isImported ?? false
        compareSettings(left, right)
        comparePrompts(left, right)
        for index in 0..<max(left.rounds.count, right.rounds.count) {
            compareRounds(
                left.rounds.indices.contains(index) ? left.rounds[index] : nil,
                right.rounds.indices.contains(index) ? right.rounds[index] : nil, number: index + 1)
        }
        let ends = (left.outcome, right.outcome)
        compare(
            .outcome, "end", ends.0?.step, ends.0.map { "\($0.outcome.name): \($0.outcome.text)" },
            ends.1?.step,
            ends.1.map { "\($0.outcome.name): \($0.outcome.text)" })
    }

    /// The first place on the path at which the sessions parted, figures alone left out.
    public var firstDivergence: SessionDifference? {
        func step(_ difference: SessionDifference) -> Int {
            difference.left.step ?? difference.right.step ?? 0
        }
        return differences.filter { !$0.isFigure }.min { step($0) < step($1) }
    }

    private mutating func note(
        _ kind: SessionDifference.Kind, _ place: String, _ leftStep: Int?, _ left: String?, _ rightStep: Int?,
        _ right: String?
    ) {
        differences.append(
            SessionDifference(
                kind: kind, place: place, left: .init(step: leftStep, text: left),
                right: .init(step: rightStep, text: right)))
    }

    /// Texts are the same when their bytes are.
    private mutating func compare(
        _ kind: SessionDifference.Kind, _ place: String, _ leftStep: Int?, _ left: String?, _ rightStep: Int?,
        _ right: String?
    ) {
        guard left.map(ByteString.init) != right.map(ByteString.init) else { return }
        note(kind, place, leftStep, left, rightStep, right)
    }

    // MARK: settings and prompts

    private mutating func compareSettings(_ left: SessionOutline, _ right: SessionOutline) {
        let pairs = (left.header?.settings ?? [], right.header?.settings ?? [])
        let names =
            pairs.0.map(\.name)
            + pairs.1.map(\.name).filter { name in
                !pairs.0.contains { $0.name == name }
            }
        for name in names where !(isUndecided && SessionHeader.ownSettings.contains(name)) {
            compare(
                .setting, name, 1, pairs.0.first { $0.name == name }?.text, 1,
                pairs.1.first { $0.name == name }?.text)
        }
    }

    private mutating func comparePrompts(_ left: SessionOutline, _ right: SessionOutline) {
        for index in 0..<max(left.prompts.count, right.prompts.count) {
            let one = left.prompts.indices.contains(index) ? left.prompts[index] : nil
            let other = right.prompts.indices.contains(index) ? right.prompts[index] : nil
            let role = one?.message.role ?? other?.message.role ?? ""
            compare(
                .message, "message \(index + 1) (\(role))", one?.step, one?.message.promptText, other?.step,
                other?.message.promptText)
        }
    }

    // MARK: rounds

    private mutating func compareRounds(
        _ left: SessionOutline.Round?, _ right: SessionOutline.Round?, number: Int
    ) {
        guard let left, let right else {
            note(
                .round, "round \(number)", left?.step, left.map(\.summary), right?.step, right.map(\.summary))
            return
        }
        compareTokens(left.tokens, right.tokens, round: number)
        let (one, other) = (left.response, right.response)
        guard let one, let other else {
            if (one == nil) != (other == nil) {
                note(
                    .response, "round \(number), response", one?.step ?? left.step,
                    one.map { $0.response.summary },
                    other?.step ?? right.step, other.map { $0.response.summary })
            }
            return
        }
        compare(
            .response, "round \(number), words", one.step, one.response.content, other.step,
            other.response.content)
        compare(
            .response, "round \(number), finish reason", one.step, one.response.finishReason.name, other.step,
            other.response.finishReason.name)
        compareCalls(left.calls, right.calls, round: number)
    }

    private mutating func compareTokens(
        _ left: [SessionOutline.Token], _ right: [SessionOutline.Token], round: Int
    ) {
        // A model that tells no tokens is compared by its words and calls.
        guard !left.isEmpty, !right.isEmpty else { return }
        var farthest: (index: Int, distance: Double)?
        var others = 0
        for index in 0..<min(left.count, right.count) {
            let (one, other) = (left[index], right[index])
            guard one.token == other.token, one.bytes == other.bytes else { break }
            guard let first = one.probability, let second = other.probability else { continue }
            let distance = abs(first - second)
            guard distance > tolerance else { continue }
            others += 1
            if distance > farthest?.distance ?? 0 { farthest = (index, distance) }
        }
        if let farthest {
            let (one, other) = (left[farthest.index], right[farthest.index])
            note(
                .probability,
                "round \(round), probabilities of \(others == 1 ? "1 token" : "\(others) tokens, the most") at token \(farthest.index + 1)",
                one.step, one.summary, other.step, other.summary)
        }
        let same = zip(left, right).prefix { $0.token == $1.token && $0.bytes == $1.bytes }.count
        guard same < left.count || same < right.count else { return }
        let before = String(decoding: left[..<same].flatMap(\.bytes).suffix(40), as: UTF8.self)
        let one = left.indices.contains(same) ? left[same] : nil
        let other = right.indices.contains(same) ? right[same] : nil
        note(
            .token, "round \(round), token \(same + 1), after “\(before)”", one?.step, one?.summary,
            other?.step,
            other?.summary)
    }

    // MARK: calls

    private mutating func compareCalls(
        _ left: [SessionOutline.Call], _ right: [SessionOutline.Call], round: Int
    ) {
        var open = Array(right.indices)
        for one in left {
            let call = one.record.call
            func isSame(_ index: Int, byID: Bool) -> Bool {
                let other = right[index].record.call
                return ByteString(other.name) == ByteString(call.name) && (!byID || other.id == call.id)
            }
            let match = open.first { isSame($0, byID: true) } ?? open.first { isSame($0, byID: false) }
            let place = "round \(round), call \(call.id) (\(call.name))"
            guard let match else {
                note(.call, place, one.step("response"), "\(call.name) \(call.arguments.text)", nil, nil)
                continue
            }
            open.removeAll { $0 == match }
            compare(one, right[match], place: place)
        }
        for index in open {
            let other = right[index]
            let call = other.record.call
            note(
                .call, "round \(round), call \(call.id) (\(call.name))", nil, nil, other.step("response"),
                "\(call.name) \(call.arguments.text)")
        }
    }

    private mutating func compare(
        _ left: SessionOutline.Call, _ right: SessionOutline.Call, place: String
    ) {
        let (one, other) = (left.record, right.record)
        compare(
            .call, "\(place), ID", left.step("response"), one.call.id.text, right.step("response"),
            other.call.id.text)
        compareJSON(
            .arguments, "\(place), argument", left.step("response"), one.call.arguments.text,
            right.step("response"), other.call.arguments.text)
        if !isUndecided { compareDecisions(left, right, place: place) }
        if let first = one.message, let second = other.message {
            compareJSON(
                .result, "\(place), result", left.step("tool-message"), first.content,
                right.step("tool-message"),
                second.content)
        } else if (one.message == nil) != (other.message == nil) {
            note(
                .result, "\(place), result", left.step("finished"), one.message?.content,
                right.step("finished"),
                other.message?.content)
        }
    }

    private mutating func compareDecisions(
        _ left: SessionOutline.Call, _ right: SessionOutline.Call, place: String
    ) {
        let (one, other) = (left.record, right.record)
        compare(
            .decision, "\(place), ruling", left.step("judged"), one.ruling?.summary, right.step("judged"),
            other.ruling?.summary)
        compare(
            .decision, "\(place), problems", left.step("judged"),
            one.problems.isEmpty ? nil : one.problems.map(\.message).joined(separator: "; "),
            right.step("judged"),
            other.problems.isEmpty ? nil : other.problems.map(\.message).joined(separator: "; "))
        compare(
            .decision, "\(place), decision", left.step("decision"), one.decisionText, right.step("decision"),
            other.decisionText)
        if let first = one.ranArguments, let second = other.ranArguments {
            compareJSON(
                .arguments, "\(place), argument that ran", left.step("started"), first.text,
                right.step("started"),
                second.text)
        } else if one.ranArguments != other.ranArguments {
            note(
                .decision, "\(place), what ran", left.step("started"), one.ranArguments?.text,
                right.step("started"),
                other.ranArguments?.text)
        }
    }

    /// Two texts by their leaves where both are JSON containers, whole otherwise.
    private mutating func compareJSON(
        _ kind: SessionDifference.Kind, _ place: String, _ leftStep: Int, _ left: String, _ rightStep: Int,
        _ right: String
    ) {
        guard ByteString(left) != ByteString(right) else { return }
        guard let one = try? JSONParser.parse(left), let other = try? JSONParser.parse(right),
            one.isContainer, other.isContainer
        else { return note(kind, place, leftStep, left, rightStep, right) }
        let pairs = (one.leaves, other.leaves)
        var wasNoted = false
        for leaf in pairs.0 where other[leaf.pointer] != leaf.value {
            note(
                kind, "\(place) \(leaf.pointer)", leftStep, leaf.value.text(), rightStep,
                other[leaf.pointer]?.text())
            wasNoted = true
        }
        for leaf in pairs.1 where one[leaf.pointer] == nil {
            note(kind, "\(place) \(leaf.pointer)", leftStep, nil, rightStep, leaf.value.text())
            wasNoted = true
        }
        // The same leaves, but other spelling, order or keys given twice.
        if !wasNoted { note(kind, "\(place), as written", leftStep, left, rightStep, right) }
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool { arrayValue != nil || objectValue != nil }
}

extension SessionHeader {
    /// Settings of a run of ours, which the header of an imported session has for form's sake only.
    fileprivate static let ownSettings: Set<String> = ["sampling", "mask", "limits", "policy"]

    /// Everything that a run depends on, by name, in words that differ where it differs.
    fileprivate var settings: [(name: String, text: String)] {
        var settings = [("model", "\(model.name) (\(model.kind))")]
        if let vocabulary = model.vocabulary {
            settings.append(("vocabulary", "\(vocabulary.entries.count) tokens"))
        }
        settings.append(
            ("sampling", "temperature \(sampling.temperature), top-p \(sampling.topP), seed \(sampling.seed)")
        )
        settings.append(
            (
                "mask",
                "keys \(sampling.mask.keys.rawValue), spaces \(sampling.mask.spaces.rawValue), "
                    + "calls \(sampling.mask.calls.name)"
            ))
        settings.append(("limits", EventCodec.text(of: limits)))
        settings.append(("policy", EventCodec.text(of: policy)))
        settings += catalogue.map { ("tool \($0.name)", $0.functionJSON["function"]?.text() ?? "") }
        return settings.map { (name: $0.0, text: $0.1) }
    }
}

extension Message {
    fileprivate var promptText: String? {
        switch self {
        case .system(let text), .user(let text): text
        case .assistant, .tool: nil
        }
    }
}

extension ModelResponse {
    fileprivate var summary: String {
        calls.isEmpty ? content : calls.map { "\($0.name) \($0.arguments.text)" }.joined(separator: "; ")
    }
}

extension SessionOutline.Round {
    fileprivate var summary: String { response.map { $0.response.summary } ?? "a request without a response" }
}

extension SessionOutline.Token {
    fileprivate var summary: String {
        let text = special ?? "“\(String(decoding: bytes, as: UTF8.self))”"
        return text + (probability.map { " p \(SessionPrinter.percent($0))" } ?? "")
            + (rejected.map { $0 > 0 ? ", rejected \(SessionPrinter.percent($0))" : "" } ?? "")
    }
}

extension CallRecord {
    fileprivate var decisionText: String? {
        guard let decision, let decider else { return nil }
        let head = "\(decision.name) by \(decider.summary)"
        switch decision {
        case .approve, .deny(nil): return head
        case .edit(let arguments, let mode): return "\(head), \(mode.rawValue): \(arguments.text)"
        case .deny(let reason?): return "\(head): \(reason)"
        case .respond(let content): return "\(head): \(content)"
        case .refuse(let problem): return "\(head): \(problem)"
        }
    }
}
