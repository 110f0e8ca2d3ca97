import Agent
import JSON

/// What has come of a response so far, whatever its format.
struct ResponseDraft: Sendable {
    private(set) var content = ""
    private(set) var thinking: Thinking?
    var calls = CallAssembly()
    /// Why the response ended, in the provider's word.
    var finishWord: String?
    /// What the provider adds to that word.
    var finishDetail: String?
    private(set) var usage: Usage?
    private(set) var remarks: [String] = []
    /// Whether the format's own mark of the end has come.
    var isOver = false
    /// Whether something came that belongs to the format.
    var hasBegun = false

    mutating func add(text: String) -> [ResponsePiece] {
        guard !text.isEmpty else { return [] }
        content += text
        return [.text(text)]
    }

    /// Takes thinking; an empty text stands for a part that the provider keeps from us.
    mutating func add(thinking text: String, isHidden: Bool = false) -> [ResponsePiece] {
        guard !text.isEmpty || isHidden else { return [] }
        let isFirst = thinking == nil
        var known = thinking ?? Thinking(text: "")
        known.text += text
        if isHidden { known.hiddenParts += 1 }
        thinking = known
        return text.isEmpty && !isFirst ? [] : [.thinking(text)]
    }

    mutating func take(usage value: JSONValue?) -> [ResponsePiece] {
        guard var counts = UsageReading.usage(value) else { return [] }
        // Some formats tell the prompt's tokens at the start and the response's at the end.
        if let known = usage {
            // Messages tells at the end once more what was not cached, without what was.
            if counts.cachedTokens == nil, known.cachedTokens != nil {
                counts.promptTokens = max(counts.promptTokens, known.promptTokens)
            }
            if counts.promptTokens == 0 { counts.promptTokens = known.promptTokens }
            if counts.completionTokens == 0 { counts.completionTokens = known.completionTokens }
            counts.thinkingTokens = counts.thinkingTokens ?? known.thinkingTokens
            counts.cachedTokens = counts.cachedTokens ?? known.cachedTokens
        }
        guard counts != usage else { return [] }
        usage = counts
        return [.usage(counts)]
    }

    private static let mostRemarks = 100

    mutating func remark(_ sentence: String) {
        guard remarks.count < ResponseDraft.mostRemarks, !remarks.contains(sentence) else { return }
        remarks.append(
            remarks.count == ResponseDraft.mostRemarks - 1 ? "There is more to say of it." : sentence)
    }

    /// Marks the response as ended for a reason in the provider's word.
    ///
    /// Of several words the last counts, but none makes whole what another called cut.
    mutating func finish(_ word: String) -> [ResponsePiece] {
        if let finishWord {
            let known = FinishWords.reason(finishWord).reason
            guard known == .stop || known == .toolCalls, finishWord != word else { return [] }
        }
        finishWord = word
        return calls.endAll() + [.finish(FinishWords.reason(word).reason)]
    }

    /// Whether enough has come for a response, should nothing more come.
    var isUsable: Bool { finishWord != nil || isOver }

    /// The response.
    ///
    /// - Parameters:
    ///   - firstCall: the number of the first call without an ID.
    ///   - keepsCut: whether calls count as well that ended early, by a limit or a filter.
    ///   - blocks: the provider's own parts to keep, given the finished calls.
    /// - Throws: ``StreamFault`` where it broke off before its end, or ended for a call that is not there.
    func response(
        numberingFrom firstCall: Int, keepingCut keepsCut: Bool = false,
        blocks: ([ToolCall]) -> ProviderBlocks?
    ) throws(StreamFault) -> ModelResponse {
        guard isUsable else { throw .cut }
        var calls = calls
        calls.keepWhole()
        var remarks = remarks + calls.remarks
        let (reason, isDefined) = finishWord.map(FinishWords.reason) ?? (.stop, false)
        var response = ModelResponse(
            content: content, calls: [], finishReason: reason, usage: usage, thinking: thinking)
        let isTakenAsWhole = !isDefined && calls.areWhole && !(content.isEmpty && calls.entries.isEmpty)
        if reason == .stop || reason == .toolCalls || isTakenAsWhole {
            if finishWord == nil {
                guard isTakenAsWhole else {
                    throw StreamFault(
                        "the response ended without a reason and with nothing whole in it; nothing of it is used"
                    )
                }
                remarks.append("The server did not say why the response ended; it is taken as whole.")
            } else if !isDefined {
                remarks.append(
                    "The server ended the response for \"\(reason.name)\", which the format does not define; "
                        + "the response is taken as whole.")
            }
            response.calls = try calls.calls(numberedFrom: firstCall)
            if reason == .toolCalls, response.calls.isEmpty {
                throw StreamFault(
                    "the response says that it ended for a call (\(finishWord ?? "")) and has none; "
                        + "nothing of it is used")
            }
            response.finishReason = response.calls.isEmpty ? .stop : .toolCalls
            response.providerBlocks = blocks(response.calls)
        } else {
            // Cut by a limit or a filter: calls may be half of what they were to be.
            if let finishDetail, case .other(let word) = reason {
                response.finishReason = .other("\(word): \(finishDetail)")
            }
            if keepsCut { response.calls = try calls.calls(numberedFrom: firstCall) }
            let names = calls.entries.map { $0.name.isEmpty ? "one without a name" : $0.name }
            if !names.isEmpty {
                remarks.append(
                    "The response ended early (\(reason.name)); what it had of calls "
                        + "\(keepsCut ? "may be half" : "is left out"): "
                        + "\(names.joined(separator: ", ")).")
            }
        }
        if let tokens = usage?.thinkingTokens, tokens > 0 || response.thinking != nil {
            // A provider that keeps thinking to itself may still count it.
            response.thinking = response.thinking ?? Thinking(text: "")
            response.thinking?.tokens = tokens
        }
        response.remarks = remarks
        return response
    }
}
