import Agent
import ArgumentParser
import Sessions
import Terminal

/// `callgate provenance`: where the values of calls came from.
struct ProvenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provenance",
        abstract: "Say where each argument of each call came from, and what may be invented or injected.",
        discussion: """
            Examples:
              callgate provenance sessions/two-rounds.jsonl
              callgate provenance sessions/ --suspect

            Exit codes: 0 nothing stands out, 1 a value may be invented or a call injected, 2 usage.
            """)

    @Argument(help: "Journals, or folders of them.")
    var sessions: [String]

    @Flag(help: "Print only calls of which a value may be invented, or that follow an order in a result.")
    var suspect = false

    func run() throws {
        var found = 0
        for path in try SessionFiles.expand(sessions) {
            try SessionFiles.read(path) { event, state in
                guard case .responseReceived(let round, let response, _) = event.body else { return }
                for call in response.calls {
                    guard let record = state.call(CallKey(round: round, id: call.id)) else { continue }
                    let arguments = state.provenance(of: record)
                    let orders = state.suspicions(of: record)
                    let isSuspect = !orders.isEmpty || arguments.contains(where: \.isUnseen)
                    found += isSuspect ? 1 : 0
                    if suspect, !isSuspect { continue }
                    show("\(path):\(event.number): \(call.id) \(call.name)")
                    for argument in arguments {
                        guard let summary = argument.summary else { continue }
                        show(
                            "  \(argument.isUnseen ? "?" : " ") \(argument.pointer) \(argument.value.text()): \(summary)"
                        )
                    }
                    for order in orders {
                        show("  ! possible injection: \(order.call.id) \(order.reason): \(order.text)")
                    }
                }
            }
        }
        if found > 0 { throw ExitCode(1) }
    }

    private func show(_ line: String) { print(SafeText(line).plain) }
}
