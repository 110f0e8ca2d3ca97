import Agent

/// Why a response ended, in the words of all providers.
enum FinishWords {
    /// The reason that a word stands for, and whether it is one that some format defines.
    static func reason(_ word: String) -> (reason: FinishReason, isDefined: Bool) {
        let plain = word.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
        if stops.contains(plain) { return (.stop, true) }
        if calls.contains(plain) { return (.toolCalls, true) }
        if limits.contains(plain) { return (.length, true) }
        return (.other(word), refusals.contains(plain))
    }

    private static let stops: Set<String> = [
        "stop", "end_turn", "stop_sequence", "eos", "eos_token", "end", "done", "complete", "completed",
        "finished", "finish", "normal", "stop_str", "end_of_turn", "finish_reason_stop",
    ]
    private static let calls: Set<String> = [
        "tool_calls", "tool_call", "tool_use", "tools", "function_call", "function_calls", "call",
    ]
    private static let limits: Set<String> = [
        "length", "max_tokens", "max_output_tokens", "max_token", "max_length", "model_length",
        "token_limit", "model_context_window_exceeded", "finish_reason_max_tokens",
    ]
    /// Words for a response that is not to be taken as whole.
    private static let refusals: Set<String> = [
        "content_filter", "content_filtered", "refusal", "pause_turn", "error", "failed", "cancelled",
        "safety", "recitation", "language", "blocklist", "prohibited_content", "spii", "sensitive",
        "malformed_function_call", "unexpected_tool_call", "too_many_tool_calls", "image_safety",
        "missing_thought_signature", "malformed_response", "abort", "aborted", "insufficient_system_resource",
        "network_error", "timeout", "load", "unload", "incomplete", "guardrail_intervened", "blocked",
        "other",
        "finish_reason_unspecified", "repetition_truncation",
    ]
}

extension FinishReason {
    /// The reason that a word of any provider stands for.
    public init(ofProvider word: String) { self = FinishWords.reason(word).reason }
}
