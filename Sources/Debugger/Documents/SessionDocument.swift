import Agent
import JSON
import Terminal

/// The session's model, tools, limits and rules.
struct SessionDocument: Document {
    func title(_ state: DebuggerState) -> String { "session" }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        var text = TextLines(width: width)
        guard let header = state.timeline.log.last.header else {
            text.add("The session has not begun.", Theme.faint)
            return text.laid
        }
        text.field("session", header.id)
        text.field("workflow", header.workflow)
        let size = header.model.vocabulary.map { ", a vocabulary of \(Figure.count($0.entries.count))" } ?? ""
        text.field("model", "\(header.model.name) (\(header.model.kind)\(size))")
        if let cost = cost(state, model: header.model.name) { text.field("cost", cost) }
        if let parent = header.parent { text.field("from", parent.sentence) }
        if header.isImported {
            text.field("not recorded", "how tokens were chosen, the limits and the policy of the run")
        } else {
            addRun(header, to: &text)
        }
        for tool in header.catalogue {
            text.heading("tool \(tool.name)")
            text.wrap(SafeText(tool.description))
            for line in tool.parameters.text(.pretty).split(separator: "\n") {
                text.wrapStyled(StyledText(String(line), Theme.faint), hanging: 4)
            }
        }
        return text.laid
    }

    /// How the run was set up.
    private func addRun(_ header: SessionHeader, to text: inout TextLines) {
        if header.isAttached {
            text.field(
                "not recorded", "how tokens are chosen, and the limits of the run: they are the client's")
        } else {
            addSetup(header, to: &text)
        }
        addPolicy(header.policy, to: &text)
    }

    /// How tokens are chosen, and the bounds of the run.
    private func addSetup(_ header: SessionHeader, to text: inout TextLines) {
        let sampling = header.sampling
        text.field(
            "sampling",
            sampling.temperature == 0
                ? "greedy"
                : "temperature \(sampling.temperature), top-p \(sampling.topP), seed \(sampling.seed)")
        text.field(
            "mask", "keys in \(sampling.mask.keys.rawValue) order, spaces: \(sampling.mask.spaces.rawValue)")
        let limits = header.limits
        text.field(
            "limits",
            "\(limits.rounds) rounds, \(Figure.count(limits.tokens)) tokens, \(limits.seconds) s; "
                + "\(limits.toolSeconds) s and \(Figure.count(limits.resultBytes)) bytes a call, \(limits.parallelCalls) at once"
        )
    }

    private func addPolicy(_ policy: Policy, to text: inout TextLines) {
        text.field("policy", "\(policy.fallback.rawValue) where no rule matches")
        for rule in policy.rules {
            let conditions = rule.arguments.map { " when \($0.pointer) matches \($0.pattern.source)" }
                .joined()
            text.wrap(
                SafeText(
                    "\(rule.name): \(rule.effect.rawValue) \(rule.tool)\(conditions)"
                        + (rule.reason.map { ", because \($0)" } ?? "")), margin: 10)
        }
    }

    /// What the session has cost up to the step that is looked at, by the prices in the settings.
    private func cost(_ state: DebuggerState, model: String) -> String? {
        var (input, output) = (0, 0)
        for step in 1..<state.timeline.step + 1 {
            guard case .responseReceived(_, let response, _)? = state.timeline.log.outline(step)?.body,
                let usage = response.usage
            else { continue }
            input += usage.promptTokens
            output += usage.completionTokens
        }
        guard input + output > 0 else { return nil }
        let tokens = "\(Figure.count(input)) tokens read, \(Figure.count(output)) written"
        guard let price = state.settings.prices[model] else {
            return tokens + "; no price of \(model) is set"
        }
        let sum = (Double(input) * price.input + Double(output) * price.output) / 1_000_000
        return "\(Figure.fixed(sum, 4)) \(price.currency) for \(tokens)"
    }
}
