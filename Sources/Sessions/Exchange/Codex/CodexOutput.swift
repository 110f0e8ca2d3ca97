import JSON

/// What the output of a call in a rollout says of how the call ended.
enum CodexOutput {
    /// Whether an output says that the call failed: by its mark, or by the exit code that a shell's output carries.
    static func isError(_ output: JSONValue) -> Bool {
        if let success = output["success"]?.boolValue { return !success }
        guard let text = output.stringValue else { return false }
        if text.utf8.first == UInt8(ascii: "{"), let value = try? JSONParser.parse(text) {
            return value["metadata"]?["exit_code"]?.intValue.map { $0 != 0 } ?? false
        }
        return exitCode(inHeadOf: text).map { $0 != 0 } ?? false
    }

    /// Whether a person let the call not run.
    static func isRefusal(_ output: JSONValue) -> Bool {
        let text = output.stringValue ?? output["content"]?.stringValue ?? ""
        return refusals.contains { text.utf8.elementsEqual($0.utf8) }
    }

    /// What stands in the place of a result where a person let the call not run.
    private static let refusals = ["exec command rejected by user", "patch rejected by user"]

    /// The exit code among the lines above a shell's own output; what the program itself printed does not count.
    private static func exitCode(inHeadOf text: String) -> Int? {
        let lines = text.utf8.split(separator: 0x0A, maxSplits: 8, omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(where: { $0.elementsEqual("Output:".utf8) }) else { return nil }
        for line in lines[..<end] {
            for opening in ["Process exited with code ", "Exit code: "] where line.starts(with: opening.utf8)
            {
                return Int(String(Substring(line.dropFirst(opening.utf8.count))))
            }
        }
        return nil
    }
}
