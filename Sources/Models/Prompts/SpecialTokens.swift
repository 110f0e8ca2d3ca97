import ChatTemplates
import Foundation

/// The special tokens of a model, as a prompt needs them.
struct SpecialTokens: Sendable {
    /// All names.
    let names: [String]
    /// The name of the token that begins a text.
    let beginning: String?
    /// The name of the token that ends one.
    let end: String?
    /// Whether a prompt must begin with ``beginning``, also where the template does not write it.
    let addsBeginning: Bool

    /// The names under which a template asks for them.
    var context: [String: String] {
        var context: [String: String] = [:]
        // A template that adds to one that the model has not must find text, not nothing.
        context["bos_token"] = beginning ?? ""
        context["eos_token"] = end ?? ""
        return context
    }
}

extension TemplateClock {
    /// The local time.
    static var now: TemplateClock {
        let parts = Calendar(identifier: .gregorian)
            .dateComponents([.year, .month, .day, .hour, .minute, .second], from: Date())
        return TemplateClock(
            year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1, hour: parts.hour ?? 0,
            minute: parts.minute ?? 0, second: parts.second ?? 0)
    }
}
