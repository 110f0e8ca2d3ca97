import ArgumentParser
import Foundation
import Sessions

/// `callgate audit`: who decided what in a session, and whether its journal is what was written.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Print who decided what, when and by which rule, and verify the journal.",
        discussion: """
            Each line of a journal carries a hash of itself and of the line before it; a line that was changed, cut out \
            or moved is named. Whoever can write the file can also write a new chain, or cut its end: note the hash that \
            audit prints last, and give it to --head later.

            Examples:
              callgate audit sessions/two-rounds.jsonl
              callgate audit sessions/two-rounds.jsonl --quiet --head 4f0c…

            Exit codes: 0 verified, 1 not as it was written or without a chain, 2 usage.
            """)

    @Argument(help: "The journal.")
    var file: String

    @Option(help: "The hash that an earlier audit printed; the journal must end with it.")
    var head: String?

    @Flag(name: .shortAndLong, help: "Verify only; print no trail.")
    var quiet = false

    func run() throws {
        var trail = AuditTrail()
        let audit = try failing(.usage) {
            try JournalAudit(path: file, expecting: head) { event in
                if !quiet { for line in trail.lines(of: event) { print(line) } }
            }
        }
        if !quiet { print("") }
        for fault in audit.faults { Notice.print("\(file): \(fault)") }
        if !audit.hasEnd { print("the session has no end: it broke off, or its last lines were cut") }
        guard audit.isChained else {
            print("not verified: the journal was written without a hash chain")
            throw ExitCode(1)
        }
        guard audit.faults.isEmpty else {
            print("not verified: \(audit.faults.count == 1 ? "1 fault" : "\(audit.faults.count) faults")")
            throw ExitCode(1)
        }
        print("verified: \(audit.eventCount) events, head \(audit.head ?? "")")
    }
}
