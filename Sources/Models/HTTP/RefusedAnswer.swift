import Agent
import Formats
import Foundation
import JSON
import Wire

/// An answer with a status that is no success: what it says, and whether to ask again.
struct RefusedAnswer {
    let status: Int
    let fields: HTTPFields
    let body: [UInt8]
    /// Whether the body came as its head says, in a coding that is read.
    let isDecoded: Bool

    /// What it amounts to.
    ///
    /// - Parameter scrub: cleans a text of the key.
    func failure(key: APIKey?, scrub: (String) -> String) -> AttemptFailure {
        let error = isText ? (try? JSONParser.parse(body)).flatMap { ProviderError($0) } : nil
        var reason = "HTTP \(status)"
        if (300..<400).contains(status) {
            reason +=
                ": the server redirects to \(fields["location"] ?? "another address"); write that as the url"
        } else {
            let line = line(error, scrub)
            if !line.isEmpty { reason += ": " + line }
        }
        if status == 401 || status == 403 {
            reason += key.map { "; is \($0.variable) the right key?" } ?? "; the workflow names no key"
        }
        return AttemptFailure(
            reason: scrub(reason), isTransient: isTransient(error),
            retryAfter: RetryAfter.milliseconds(fields, now: Date()) ?? error?.retryAfter)
    }

    private func line(_ error: ProviderError?, _ scrub: (String) -> String) -> String {
        guard isDecoded else {
            return "its body, in the content encoding \(fields.contentCoding ?? ""), cannot be read"
        }
        guard isText else { return "its body is no text" }
        // Cleaned before it is cut: half a key is a key's half.
        let message = scrub(error?.message ?? String(decoding: body, as: UTF8.self))
        return String(
            String.UnicodeScalarView(
                message.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : $0 }.prefix(400)))
    }

    /// Whether the body can be shown: what is compressed or binary has bytes that no text has.
    private var isText: Bool {
        isDecoded && !body.contains { $0 < 0x09 || (0x0E..<0x20).contains($0) && $0 != 0x1B }
    }

    private func isTransient(_ error: ProviderError?) -> Bool {
        // OpenAI's and Anthropic's clients go by this field as well.
        switch fields["x-should-retry"]?.lowercased() {
        case "true": return true
        case "false": return false
        default: break
        }
        if error?.isLasting ?? false { return false }
        return [408, 409, 425, 429].contains(status) || status >= 500 && status != 501
    }
}
