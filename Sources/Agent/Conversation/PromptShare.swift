/// A stretch of a rendered prompt: whose it is, and the tokens that it costs.
public struct PromptShare: Sendable, Hashable {
    /// Whose a stretch is.
    public enum Owner: Sendable, Hashable {
        /// The template's own words.
        case template
        /// The message of that position, from 0, as the template was given it.
        case message(Int, role: String)
        /// The definition of that tool.
        case tool(String)
    }

    /// Whose it is.
    public var owner: Owner
    /// Its size in the UTF-8 of the prompt's text.
    public var bytes: Int
    /// Its tokens.
    public var tokens: Int
    /// Whether it is one special token.
    public var isSpecial: Bool

    /// A share of the given parts.
    public init(owner: Owner, bytes: Int, tokens: Int, isSpecial: Bool) {
        self.owner = owner
        self.bytes = bytes
        self.tokens = tokens
        self.isSpecial = isSpecial
    }
}
