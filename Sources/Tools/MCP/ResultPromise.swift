import JSON
import Schema

/// What a server has said of its results: the `outputSchema` to which the structured content must conform
/// (MCP specification, server/tools).
struct ResultPromise: Sendable {
    private let schema: CompiledSchema?
    /// Why the schema itself cannot be held against anything.
    private let fault: String?
    private static let mostProblems = 5

    /// Reads the schema; one that cannot be used is itself the problem of every result.
    init(_ schema: JSONValue) {
        do throws(SchemaError) {
            self.schema = try CompiledSchema(SchemaFit(schema).schema)
            fault = nil
        } catch {
            self.schema = nil
            fault = "the server's outputSchema cannot be used: \(error)"
        }
    }

    /// In what a result breaks the promise; nothing where it keeps it, or reports a failure.
    func problems(of result: MCPCallResult) -> [String] {
        if result.isError { return [] }
        if let fault { return [fault] }
        guard let schema else { return [] }
        guard let structured = result.structured else {
            return ["the server promises structured content by its outputSchema and gave none"]
        }
        let violations = schema.validate(structured)
        let shown = violations.prefix(ResultPromise.mostProblems).map { violation in
            let place = violation.instancePointer.tokens.isEmpty ? "the root" : "\(violation.instancePointer)"
            return "the structured content breaks the outputSchema at \(place): \(violation.message)"
        }
        let rest = violations.count - shown.count
        return rest > 0 ? shown + ["and \(rest) more"] : shown
    }
}
