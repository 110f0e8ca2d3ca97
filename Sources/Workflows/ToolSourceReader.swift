import Agent
import JSON
import Schema
import Tools

/// Where tools of a workflow come from.
public enum ToolSource: Sendable, Hashable {
    /// The support desk of the demo, over a SQLite database; `nil` is the default place.
    case supportDesk(database: String?)
    /// A program.
    case command(ToolDefinition, CommandSettings)
    /// A tool without a body: a person answers in its place.
    case byHand(ToolDefinition)
    /// The tools of MCP servers.
    case mcp(MCPSource)
    /// An HTTP request.
    case http(ToolDefinition, HTTPSettings)
    /// The operations of an OpenAPI document.
    case openAPI(OpenAPISource)
}

/// Builds the tools' sources from a document that the schema has accepted.
struct ToolSourceReader {
    let document: LocatedDocument
    let file: String
    /// A path of the file as the working folder sees it.
    let path: (String) -> String

    func sources() throws(WorkflowError) -> [ToolSource] {
        var sources: [ToolSource] = []
        var names: Set<ByteString> = []
        for (index, tool) in (document.value["tools"]?.arrayValue ?? []).enumerated() {
            let place = JSONPointer(["tools", String(index)])
            if let name = tool["name"]?.stringValue, !names.insert(ByteString(name)).inserted {
                throw fault(at: place.appending("name"), "another tool is named \(name) too; rename one")
            }
            sources.append(try source(tool, at: place))
        }
        return sources
    }

    func fault(at place: JSONPointer, _ message: String) -> WorkflowError {
        WorkflowError(file: file, place: document.place(of: place), message)
    }

    private func source(_ tool: JSONValue, at place: JSONPointer) throws(WorkflowError) -> ToolSource {
        if tool["builtin"] != nil { return .supportDesk(database: tool["database"]?.stringValue.map(path)) }
        if tool["mcp"] != nil { return .mcp(try servers(tool, at: place)) }
        if tool["openapi"] != nil { return .openAPI(try openAPI(tool, at: place)) }
        let definition = try definition(tool, at: place)
        if let http = tool["http"] {
            return .http(definition, try request(http, definition, at: place.appending("http")))
        }
        if let command = tool["command"] {
            let settings = try settings(command, definition, at: place.appending("command"))
            var reading = definition
            reading.shell = settings.shell
            return .command(reading, settings)
        }
        return .byHand(definition)
    }

    private func definition(
        _ tool: JSONValue, at place: JSONPointer
    ) throws(WorkflowError) -> ToolDefinition {
        let parameters =
            tool["parameters"] ?? ["type": "object", "properties": [:], "additionalProperties": false]
        do {
            _ = try CompiledSchema(parameters)
        } catch {
            let inner = JSONPointer(place.appending("parameters").tokens + error.pointer.tokens)
            throw fault(at: inner, "parameters is no JSON Schema: \(error.reason)")
        }
        return ToolDefinition(
            name: tool["name"]?.stringValue ?? "", description: tool["description"]?.stringValue ?? "",
            parameters: parameters)
    }

    private func settings(
        _ command: JSONValue, _ definition: ToolDefinition, at place: JSONPointer
    ) throws(WorkflowError) -> CommandSettings {
        var settings = CommandSettings(body: .shell(command["shell"]?.stringValue ?? ""))
        if let words = command["run"]?.arrayValue {
            settings.body = .program(try program(words, definition, at: place.appending("run")))
        }
        settings.givesJSON = command["stdin"]?.stringValue == "json"
        settings.folder = command["folder"]?.stringValue.map(path)
        settings.allowsLeadingDash = command["leading-dash"]?.boolValue ?? false
        settings.seconds = command["seconds"]?.intValue
        if let entries = command["environment"]?.arrayValue {
            settings.environment = EnvironmentList(entries.compactMap(\.stringValue))
        }
        if let bytes = command["output-bytes"]?.intValue { settings.outputBytes = bytes }
        return settings
    }

    private func program(
        _ words: [JSONValue], _ definition: ToolDefinition, at place: JSONPointer
    ) throws(WorkflowError) -> [[ArgumentTemplate]] {
        var groups: [[ArgumentTemplate]] = []
        for (index, word) in words.enumerated() {
            let inner = place.appending(index)
            if let text = word.stringValue {
                // A program beside the workflow file is named as the file sees it.
                let located = index == 0 && text.holdsByte(of: "/") ? path(text) : text
                groups.append([try template(located, definition, at: inner)])
            } else {
                var group: [ArgumentTemplate] = []
                for (position, element) in (word.arrayValue ?? []).enumerated() {
                    group.append(
                        try template(
                            element.stringValue ?? "", definition, at: inner.appending(position)))
                }
                groups.append(group)
            }
        }
        guard groups.first?.count == 1, groups.first?.first?.pointers.isEmpty == true else {
            throw fault(
                at: place.appending(0), "the first element is the program and no argument of the call")
        }
        return groups
    }

    /// Reads a template whose places must all be arguments that the tool has.
    func template(
        _ text: String, _ definition: ToolDefinition, at place: JSONPointer
    ) throws(WorkflowError) -> ArgumentTemplate {
        let template: ArgumentTemplate
        do { template = try ArgumentTemplate(text) } catch { throw fault(at: place, error.description) }
        if let message = stranger(in: template, definition) { throw fault(at: place, message) }
        return template
    }

    /// What is wrong with a template that names an argument which the tool doesn't have.
    func stranger(in template: ArgumentTemplate, _ definition: ToolDefinition) -> String? {
        let known = definition.parameters["properties"]?.objectValue?.keys ?? []
        for pointer in template.pointers {
            guard let name = pointer.tokens.first, !known.contains(name) else { continue }
            let fix =
                NearestWord.of(name, among: known).map { "did you mean \($0)?" }
                ?? (known.isEmpty ? "it has no parameters" : "there are \(known.joined(separator: ", "))")
            return "\(definition.name) has no parameter \"\(name)\"; \(fix)"
        }
        return nil
    }
}
