import Agent
import JSON
import Schema

/// The tools that a client offers its model now, with what checks their calls.
struct AttachedCatalogue: Sendable {
    private var bytes: [UInt8] = []
    private(set) var tools: [ToolDefinition] = []
    private var checker: CallChecker?

    /// Takes the catalogue of a request; it is compiled anew only where it is another than before.
    mutating func take(_ request: AgentRequest) {
        guard checker == nil || request.places.catalogue != bytes else { return }
        bytes = request.places.catalogue
        var names: Set<ByteString> = []
        tools = request.reading.catalogue.filter { names.insert(ByteString($0.name)).inserted }.map { tool in
            // A schema that this program cannot use checks nothing; the client checks its calls itself as well.
            var tool = tool
            if (try? CompiledSchema(tool.parameters)) == nil { tool.parameters = [:] }
            return tool
        }
        checker = try? CallChecker(catalogue: tools)
    }

    /// What is wrong with a call; a tool that is not in the catalogue is the client's affair, who answers for it.
    func problems(of call: ToolCall) -> [CallProblem] {
        problems(name: call.name, arguments: call.arguments)
    }

    func problems(name: String, arguments: ByteString) -> [CallProblem] {
        guard let checker else { return [CallChecker.problem(reading: arguments)].compactMap(\.self) }
        return checker.problemsIfKnown(name: name, arguments: arguments)
    }

    /// Whether some arguments of that tool can be told as wrong by its schema, whatever else is in them.
    func refuses(_ arguments: JSONValue, for name: String) -> Bool {
        !problems(name: name, arguments: ByteString(arguments.text())).isEmpty
            && tools.contains { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
