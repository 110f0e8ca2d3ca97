import JSON
import Masking
import Schema

/// The tools of a catalogue that can be used, and what became of the others.
///
/// One tool that cannot be used never stops the rest: its faulty keywords are ignored, or the tool is set aside, and
/// ``notes`` says so.
public struct FittedCatalogue: Sendable {
    /// The tools that the model is told of, with schemas that compile, under names that are given once.
    public let tools: [any Tool]
    /// What was changed, in the order of the catalogue.
    public let notes: [CatalogueNote]

    /// Goes through the tools in order; of several with one name the first is kept.
    public init(_ tools: [any Tool]) {
        var kept: [any Tool] = []
        var notes: [CatalogueNote] = []
        var names: Set<ByteString> = []
        for tool in tools {
            let definition = tool.definition
            let fit = DefinitionFit(definition)
            notes += fit.notes
            guard let fitted = fit.definition else { continue }
            guard names.insert(ByteString(definition.name)).inserted else {
                notes.removeLast(fit.notes.count)
                let reason =
                    "another tool has that name, and a call could mean either; rename one, or take its server with \"prefix\""
                notes.append(CatalogueNote(tool: definition.name, kind: .setAside, reason: reason))
                continue
            }
            kept.append(fitted == definition ? tool : FittedTool(definition: fitted, tool: tool))
        }
        self.tools = kept
        self.notes = notes
    }
}

/// One definition, made usable.
public struct DefinitionFit: Sendable {
    /// The definition that can be used; `nil` where the tool is set aside.
    public let definition: ToolDefinition?
    /// What was changed.
    public let notes: [CatalogueNote]

    /// Makes a definition usable, for the validator and for the mask.
    public init(_ given: ToolDefinition) {
        func aside(_ reason: String) -> [CatalogueNote] {
            [CatalogueNote(tool: given.name, kind: .setAside, reason: reason)]
        }
        if given.name.isEmpty {
            definition = nil
            notes = aside("it has no name by which it could be called")
            return
        }
        let masks = DefinitionFit.byteEngine
        do throws(SchemaError) {
            let fit = try SchemaFit(given.parameters) { schema throws(SchemaError) in
                try DefinitionFit.checkMask(of: schema, masks)
            }
            if let reason = DefinitionFit.hindrance(to: fit.schema, masks) {
                definition = nil
                notes = aside(reason)
                return
            }
            var fitted = given
            fitted.parameters = fit.schema
            definition = fitted
            notes = fit.adjustments.map { CatalogueNote(given.name, $0) }
        } catch {
            definition = nil
            notes = aside("\(error)")
        }
    }

    /// Masks over single bytes: enough to learn whether a schema becomes a grammar.
    private static var byteEngine: MaskEngine? {
        let entries = (0..<256).map { VocabularyEntry.bytes([UInt8($0)]) } + [.special("<end>")]
        return (try? Vocabulary(entries: entries, endOfTurn: [256])).map(MaskEngine.init)
    }

    /// The next keyword that the mask cannot hold, as a fault of the schema.
    private static func checkMask(of schema: JSONValue, _ masks: MaskEngine?) throws(SchemaError) {
        do throws(GrammarError) {
            _ = try masks?.matcher(for: Grammar(schema: schema))
        } catch {
            switch error {
            case .schema(let fault): throw fault
            case .malformed(let keyword, let pointer, let reason):
                let place = pointer.tokens.last == keyword ? pointer : pointer.appending(keyword)
                throw SchemaError(at: place, reason: "\(keyword) \(reason)")
            default: return
            }
        }
    }

    /// Why no mask can be had for a schema whose keywords are all in order.
    private static func hindrance(to schema: JSONValue, _ masks: MaskEngine?) -> String? {
        do throws(GrammarError) {
            _ = try masks?.matcher(for: Grammar(schema: schema))
            return nil
        } catch {
            return "\(error)"
        }
    }
}

/// A tool under the definition that its own was made into.
private struct FittedTool: Tool {
    let definition: ToolDefinition
    let tool: any Tool

    var timeLimit: Int? { tool.timeLimit }
    var isByHand: Bool { tool.isByHand }

    func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        try await tool.run(call, arguments: arguments)
    }
}
