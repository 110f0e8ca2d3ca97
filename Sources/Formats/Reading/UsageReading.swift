import Agent
import JSON

/// Token counts, under the names that the formats and their imitators give them.
enum UsageReading {
    /// The counts that an object tells; `nil` where it tells none.
    static func usage(_ value: JSONValue?) -> Usage? {
        guard let value, case .object = value else { return nil }
        let prompt = first(
            value,
            [
                "prompt_tokens", "input_tokens", "promptTokenCount", "prompt_eval_count", "prompt_n",
                "prompt_token_count", "inputTokenCount",
            ])
        let written = first(
            value,
            [
                "completion_tokens", "output_tokens", "candidatesTokenCount", "eval_count", "predicted_n",
                "candidates_token_count", "outputTokenCount",
            ])
        guard prompt != nil || written != nil else { return nil }
        let thinking =
            first(value["completion_tokens_details"], ["reasoning_tokens"])
            ?? first(value["output_tokens_details"], ["reasoning_tokens", "thinking_tokens"])
            ?? first(value, ["thoughtsTokenCount", "reasoning_tokens"])
        let cached =
            first(value["prompt_tokens_details"], ["cached_tokens"])
            ?? first(value["input_tokens_details"], ["cached_tokens"])
            ?? first(
                value,
                ["cachedContentTokenCount", "cache_read_input_tokens", "prompt_cache_hit_tokens", "cache_n"])
        // Anthropic counts what it read from a cache apart, Google what was thought.
        let apart =
            value["prompt_tokens"] == nil ? ["cache_creation_input_tokens", "cache_read_input_tokens"] : []
        let prompted = (prompt ?? 0) + apart.reduce(0) { $0 + (count(value[$1]) ?? 0) }
        let thought = value["thoughtsTokenCount"].flatMap { count($0) } ?? 0
        let ofTools = value["toolUsePromptTokenCount"].flatMap { count($0) } ?? 0
        return Usage(
            promptTokens: prompted + ofTools, completionTokens: (written ?? 0) + thought,
            thinkingTokens: thinking,
            cachedTokens: cached)
    }

    private static func first(_ value: JSONValue?, _ keys: [String]) -> Int? {
        keys.lazy.compactMap { count(value?[$0]) }.first
    }

    /// A number of tokens, as far as one is believable.
    static func count(_ value: JSONValue?) -> Int? {
        value?.intValue.flatMap { (0...1 << 32).contains($0) ? $0 : nil }
    }
}
