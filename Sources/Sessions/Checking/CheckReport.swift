import JSON

/// What became of checking several sessions, in the formats that build servers read.
public struct CheckReport: Sendable {
    /// One session's check.
    public struct Entry: Sendable {
        /// The journal.
        public let name: String
        /// What is wrong, in lines that are safe to print; nothing for a session that holds.
        public let faults: [String]
        /// How long it took.
        public let seconds: Double

        /// An entry of the given parts.
        public init(name: String, faults: [String], seconds: Double) {
            self.name = name
            self.faults = faults
            self.seconds = seconds
        }
    }

    /// The sessions, in order.
    public var entries: [Entry] = []

    /// A report of nothing yet.
    public init() {}

    /// The number of sessions that do not hold.
    public var failures: Int { entries.count { !$0.faults.isEmpty } }

    /// Test Anything Protocol, version 13.
    public var tap: String {
        var lines = ["TAP version 13", "1..\(entries.count)"]
        for (index, entry) in entries.enumerated() {
            // A # would begin a directive, a \ hide one.
            let name = PlainText.line(entry.name).replacingScalars { scalar in
                scalar == "#" || scalar == "\\" ? "\\\(scalar)" : nil
            }
            lines.append("\(entry.faults.isEmpty ? "ok" : "not ok") \(index + 1) - \(name)")
            if entry.faults.isEmpty { continue }
            lines += ["  ---", "  message: |"] + entry.faults.map { "    \(PlainText.line($0))" } + ["  ..."]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// JUnit's XML, as build servers read it.
    public var junit: String {
        let time = entries.reduce(0) { $0 + $1.seconds }
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuites tests=\"\(entries.count)\" failures=\"\(failures)\">",
            "  <testsuite name=\"callgate check\" tests=\"\(entries.count)\" failures=\"\(failures)\" "
                + "errors=\"0\" time=\"\(seconds(time))\">",
        ]
        for entry in entries {
            let head =
                "    <testcase classname=\"callgate.check\" name=\"\(escaped(entry.name))\" "
                + "time=\"\(seconds(entry.seconds))\""
            guard let first = entry.faults.first else {
                lines.append(head + "/>")
                continue
            }
            lines.append(head + ">")
            lines.append("      <failure message=\"\(escaped(first))\">")
            lines.append(entry.faults.map(escaped).joined(separator: "\n"))
            lines += ["</failure>", "    </testcase>"]
        }
        return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
    }

    private func seconds(_ value: Double) -> String {
        let thousandths = Int((value * 1_000).rounded())
        let rest = String(thousandths % 1_000)
        return "\(thousandths / 1_000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    /// Text that XML 1.0 can hold; controls are shown, for it cannot hold them in any form.
    private func escaped(_ text: String) -> String {
        PlainText.line(text).replacingScalars { $0.value & 0xFFFE == 0xFFFE ? "\u{FFFD}" : nil }
            .escapedForMarkup
    }
}
