import Agent
import JSON
import Schema

/// The tools that a client offers its model now, with what checks their calls.
struct AttachedCatalogue: Sendable {
    private var bytes: [UInt8] = []
    private(set) var tools: [ToolDefinition] = []
    /// What was changed in their schemas, so that calls can be held against them.
    private(set) var notes: [CatalogueNote] = []
    private var checker: CallChecker?

    /// Takes the catalogue of a request; it is compiled anew only where it is another than before.
    ///
    /// - Parameter known: the tools that the conversation began with, for a request that leaves out what its provider keeps.
    mutating func take(_ request: AgentRequest, else known: [ToolDefinition]) {
        if request.reading.goesOnInThread, request.reading.catalogue.isEmpty {
            if checker == nil { compile(known) }
            return
        }
        guard checker == nil || request.places.catalogue != bytes else { return }
        bytes = request.places.catalogue
        compile(request.reading.catalogue)
    }

    private mutating func compile(_ catalogue: [ToolDefinition]) {
        var names: Set<ByteString> = []
        notes = []
        tools = catalogue.filter { names.insert(ByteString($0.name)).inserted }.map { tool in
            // What of a schema this program cannot use checks nothing; the client checks its calls itself as well.
            var tool = tool
            do throws(SchemaError) {
                let fit = try SchemaFit(tool.parameters)
                tool.parameters = fit.schema
                notes += fit.adjustments.map { CatalogueNote(tool.name, $0) }
            } catch {
                tool.parameters = [:]
                let reason = "its schema cannot be used, so that its calls are not checked here: \(error)"
                notes.append(CatalogueNote(tool: tool.name, kind: .ignored, reason: reason))
            }
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
