import Agent

/// Explains masks: the engine's answers at the steps that were looked at.
struct MaskExplainer {
    init?(header: SessionHeader) { return nil }

    mutating func insight(for trail: TokenTrail) -> MaskInsight? { nil }

    mutating func verdict(on token: Int, after trail: TokenTrail) -> TokenVerdict? { nil }
}
