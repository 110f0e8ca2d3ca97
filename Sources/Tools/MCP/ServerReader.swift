import Foundation
import JSON

/// Reads one server of a client's configuration.
struct ServerReader {
    let name: String
    let value: JSONValue
    let environment: [String: String]
    private var secrets = EnvironmentSecrets()

    init(name: String, value: JSONValue, environment: [String: String]) {
        self.name = name
        self.value = value
        self.environment = environment
    }

    mutating func settings() throws(MCPError) -> MCPServerSettings {
        if let key = MCPServerSettings.addresses.first(where: { value[$0].map { $0 != .null } ?? false }) {
            let transport = try http(key)
            let tools = try selection()
            return MCPServerSettings(name: name, transport: transport, secrets: secrets, tools: tools)
        }
        guard let command = try text("command") else {
            throw MCPError("server \(name) needs a \"command\" or a \"url\"")
        }
        var launch = ProcessLaunch(program: command, folder: try text("cwd"))
        launch.arguments = try texts("args")
        launch.environment = EnvironmentList.usual.environment(from: environment)
            .merging(try file("envFile")) { $1 }
            .merging(try table("env")) { $1 }
        return MCPServerSettings(
            name: name, transport: .stdio(launch), secrets: secrets, tools: try selection())
    }

    /// The tools that the configuration names, in the words of Gemini CLI, Cline, Codex and Copilot.
    private func selection() throws(MCPError) -> MCPServerSettings.ToolSelection {
        var selection = MCPServerSettings.ToolSelection()
        // Codex has settings of single tools there, which may switch one off.
        let table = value["tools"]?.objectValue
        for tool in table ?? JSONObject()
        where tool.value == false || tool.value["enabled"] == false || tool.value["disabled"] == true {
            selection.leftOut.append(tool.key)
        }
        for key in ["includeTools", "enabledTools", "enabled_tools", "tools"]
        where key != "tools" || table == nil {
            guard let names = try names(key) else { continue }
            // What two lists have is what both take.
            selection.taken =
                selection.taken.map { taken in
                    taken.contains("*") ? names : taken.filter { names.contains($0) || names.contains("*") }
                } ?? names
        }
        for key in ["excludeTools", "disabledTools", "disabled_tools"] {
            selection.leftOut += try names(key) ?? []
        }
        return selection
    }

    /// A list of tools; one that cannot be read is no leave to use them all.
    private func names(_ key: String) throws(MCPError) -> [String]? {
        guard let value = value[key], value != .null else { return nil }
        if value == "*" { return ["*"] }
        let names = value.arrayValue?.compactMap(\.stringValue)
        guard let names, names.count == value.arrayValue?.count else {
            throw MCPError("server \(name): \"\(key)\" is no list of names of tools; write [\"name\", …]")
        }
        return names
    }

    /// The variables of a file that has one `NAME=value` on a line, as VS Code reads it.
    private mutating func file(_ key: String) throws(MCPError) -> [String: String] {
        guard let path = try text(key) else { return [:] }
        let text: String
        do { text = try BoundedFile.text(path) } catch {
            throw MCPError("server \(name): \"\(key)\" cannot be read: \(error)")
        }
        var table: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            var line = line.drop { $0 == " " || $0 == "\t" }
            if line.utf8.first == UInt8(ascii: "#") { continue }
            if line.utf8.starts(with: "export ".utf8) { line = line.dropFirst(7) }
            guard let mark = line.firstIndex(of: "=") else { continue }
            let variable = line[..<mark].trimmingCharacters(in: .whitespaces)
            var value = line[line.index(after: mark)...].trimmingCharacters(in: .whitespaces)
            for quote in ["\"", "'"]
            where value.count > 1 && value.hasPrefix(quote) && value.hasSuffix(quote) {
                value = String(value.dropFirst().dropLast())
                break
            }
            guard !variable.isEmpty else { continue }
            table[variable] = value
            if EnvironmentSecrets.isTelling(variable) { secrets.insert(variable, value) }
        }
        return table
    }

    private mutating func http(_ key: String) throws(MCPError) -> MCPServerSettings.Transport {
        if value["type"]?.stringValue == "sse" {
            throw MCPError(
                "server \(name) is of the type sse, which Streamable HTTP has replaced; use \"http\"")
        }
        let address = try text(key) ?? ""
        guard let url = URL(string: address), ["http", "https"].contains(url.scheme), url.host != nil else {
            throw MCPError("server \(name): \"\(key)\" is no address of the form https://host/path")
        }
        let headers = try table("headers")
        for header in headers.keys.sorted() {
            if let message = HTTPSettings.fault(inHeaderNamed: header) {
                throw MCPError("server \(name): \(message)")
            }
        }
        return .http(url: address, headers: headers)
    }

    private mutating func text(_ key: String) throws(MCPError) -> String? {
        guard let value = value[key], value != .null else { return nil }
        guard let text = value.stringValue else { throw MCPError("server \(name): \"\(key)\" is no text") }
        return try expanded(text, key)
    }

    private mutating func texts(_ key: String) throws(MCPError) -> [String] {
        guard let value = value[key], value != .null else { return [] }
        var texts: [String] = []
        for element in value.arrayValue ?? [.null] {
            // A port is a number to many who write such files.
            guard let text = element.stringValue ?? element.numberValue?.text else {
                throw MCPError("server \(name): \"\(key)\" is no list of texts")
            }
            texts.append(try expanded(text, key))
        }
        return texts
    }

    private mutating func table(_ key: String) throws(MCPError) -> [String: String] {
        var table: [String: String] = [:]
        for member in value[key]?.objectValue ?? JSONObject() where member.value != .null {
            // A port and a switch are a number and a boolean to many who write such files.
            guard
                let text = member.value.stringValue ?? member.value.numberValue?.text
                    ?? member.value.boolValue.map({ "\($0)" })
            else {
                throw MCPError("server \(name): \"\(key)\" holds something that is no text at \(member.key)")
            }
            let isVariable = text.wholeMatch(of: /\$[A-Za-z_][A-Za-z0-9_]*/) != nil
            table[member.key] = try expanded(isVariable ? "${\(text.dropFirst())}" : text, key)
        }
        return table
    }

    private mutating func expanded(_ text: String, _ key: String) throws(MCPError) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.range(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            result += rest[..<start.lowerBound]
            let body = rest[start.upperBound..<end]
            let parts = body.range(of: ":-").map { (body[..<$0.lowerBound], String(body[$0.upperBound...])) }
            var variable = String(parts?.0 ?? body)
            if variable.utf8.starts(with: "env:".utf8) { variable = String(variable.dropFirst(4)) }
            if variable.utf8.starts(with: "input:".utf8) {
                throw MCPError(
                    "server \(name): \"\(key)\" has ${\(variable)}, which VS Code asks for in a form; write ${NAME} and set the variable NAME"
                )
            }
            if ["workspaceFolder", "workspaceRoot", "pwd"].contains(variable), environment[variable] == nil {
                result += FileManager.default.currentDirectoryPath
                rest = rest[rest.index(after: end)...]
                continue
            }
            if variable == "userHome", environment[variable] == nil { variable = "HOME" }
            guard let value = environment[variable] ?? parts?.1 else {
                throw MCPError("server \(name): \"\(key)\" names the variable \(variable), which is not set")
            }
            if (["headers"] + MCPServerSettings.addresses).contains(key)
                || EnvironmentSecrets.isTelling(variable),
                environment[variable] != nil
            {
                secrets.insert(variable, value)
            }
            result += value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
