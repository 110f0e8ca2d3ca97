import JSON

/// What in a provider's error says that the same request cannot succeed later either.
///
/// Some of it comes with a status that stands for passing trouble, such as 429 for an account that is used up.
enum LastingTrouble {
    /// - Parameters:
    ///   - names: the error's kinds and codes, in any case.
    ///   - details: Google's `details`.
    ///   - hasDelay: whether a pause is asked for; Google has the same words for what passes and what does not.
    static func isTold(names: [String], words: String, details: JSONValue?, hasDelay: Bool) -> Bool {
        if names.contains(where: { kinds.contains(String(decoding: $0.utf8.loweredASCII, as: UTF8.self)) }) {
            return true
        }
        for violation in (details?.arrayValue ?? []).flatMap({ $0["violations"]?.arrayValue ?? [] }) {
            let limit = violation["quotaValue"]
            if limit?.intValue == 0 || limit?.stringValue == "0" { return true }
            if violation["quotaId"]?.stringValue?.contains("PerDay") == true { return true }
        }
        let bytes = words.utf8.loweredASCII
        func holds(_ phrase: String) -> Bool { bytes.firstRange(of: Array(phrase.utf8)) != nil }
        if phrases.contains(where: holds) { return true }
        if !hasDelay, holds("check your plan and billing") { return true }
        guard let limit = figure(after: "limit", in: bytes) else { return false }
        return limit == 0 || figure(after: "requested", in: bytes).map { $0 > limit } ?? false
    }

    /// The whole number that stands after a word and white space or a colon.
    private static func figure(after word: String, in bytes: [UInt8]) -> Int? {
        var rest = bytes[...]
        while let place = rest.firstRange(of: Array(word.utf8)) {
            rest = rest[place.upperBound...]
            let gap = rest.prefix { $0 == 0x20 || $0 == UInt8(ascii: ":") }
            let digits = rest.dropFirst(gap.count).prefix { (0x30...0x39).contains($0) }
            let end = rest.dropFirst(gap.count + digits.count)
            // `0.5`, `1,000` and `30k` are none; `30000.` at the end of a sentence is.
            let next = Array(end.prefix(2))
            let goesOn = next.count == 2 && [0x2C, 0x2E].contains(next[0]) && (0x30...0x39).contains(next[1])
            let isWhole = !goesOn && !(next.first.map { (0x61...0x7A).contains($0) } ?? false)
            if !gap.isEmpty, isWhole, let value = Int(String(decoding: digits, as: UTF8.self)) {
                return value
            }
        }
        return nil
    }

    private static let kinds: Set<String> = [
        "insufficient_quota", "exceeded_current_quota_error", "insufficient_user_quota",
        "insufficient_balance",
        "insufficient_credits", "billing_not_active", "billing_hard_limit_reached", "credit_balance_too_low",
        "payment_required", "arrearage", "account_deactivated", "context_length_exceeded",
    ]

    private static let phrases = [
        "insufficient_quota", "insufficient quota", "insufficient balance", "insufficient credit",
        "insufficient funds", "credit balance is too low", "request too large", "requires --jinja",
        "--jinja flag", "requires more system memory",
    ]
}
