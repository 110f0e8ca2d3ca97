import Foundation
import JSON
import Testing

@testable import Tools

/// What clients write into their servers' entries.
@Suite struct MCPServerSettingsTests {
    private func read(
        _ entry: JSONValue, _ environment: [String: String] = [:]
    ) throws -> (MCPServerSettings?, String?) {
        let found = try MCPServerSettings.usable(
            in: ["mcpServers": ["s": entry]], environment: environment)
        return (found.settings.first, found.faults.first?.error.description)
    }

    private func environment(of settings: MCPServerSettings?) -> [String: String] {
        guard case .stdio(let launch)? = settings?.transport else { return [:] }
        return launch.environment
    }

    @Test(
        "the tools that a client takes, or leaves out, are honoured",
        arguments: [
            ("includeTools", ["look_up"]), ("includeTools", ["look_up(id)"]), ("enabledTools", ["look_up"]),
            ("enabled_tools", ["look_up"]), ("tools", ["look_up"]), ("excludeTools", ["delete_all"]),
            ("disabledTools", ["delete_all"]), ("disabled_tools", ["delete_all"]),
        ] as [(String, [String])])
    func selection(key: String, names: [String]) throws {
        var entry = JSONObject([.init(key: "command", value: "x")])
        entry[key] = .array(names.map { .string($0) })
        let settings = try #require(try read(.object(entry)).0)
        #expect(settings.tools.takes("look_up") && !settings.tools.takes("delete_all"))
        #expect(!settings.tools.takes("look_ups") || key.contains("ex") || key.contains("dis"))
    }

    @Test(
        "all and none can be said, what is left out wins, and a list that cannot be read lets nothing through"
    )
    func bounds() throws {
        func takes(_ entry: JSONValue) throws -> Bool? { try read(entry).0?.tools.takes("a") }
        #expect(try takes(["command": "x"]) == true)
        #expect(try takes(["command": "x", "tools": ["*"]]) == true)
        #expect(try takes(["command": "x", "tools": nil]) == true)
        #expect(try takes(["url": "https://h/mcp", "tools": []]) == false)
        #expect(try takes(["command": "x", "tools": ["a"], "excludeTools": ["a"]]) == false)
        #expect(try takes(["command": "x", "tools": ["*"], "enabledTools": ["b"]]) == false)
        let table: JSONValue = ["a": ["approval_mode": "prompt"], "b": ["enabled": false], "c": false]
        let mixed = try #require(try read(["command": "x", "tools": table]).0?.tools)
        #expect(mixed.takes("a") && mixed.takes("d") && !mixed.takes("b") && !mixed.takes("c"))
        for odd: JSONValue in ["a", ["a", 1], ["a": true], true] {
            let (settings, fault) = try read(["command": "x", "excludeTools": odd])
            #expect(settings == nil && fault?.contains("\"excludeTools\" is no list of names") == true)
        }
    }

    @Test("a value of env is text, a number, a switch, a variable or nothing") func values() throws {
        let entry: JSONValue = [
            "command": "x",
            "env": [
                "PORT": 8080, "DEBUG": true, "NONE": nil, "KEY": "$MINE", "SAME": "${MINE}", "PRICE": "$5",
                "TWO": "$MINE/x",
            ],
        ]
        let (settings, _) = try read(entry, ["MINE": "secret"])
        let found = environment(of: settings)
        #expect(found["PORT"] == "8080" && found["DEBUG"] == "true" && found["NONE"] == nil)
        #expect(found["KEY"] == "secret" && found["SAME"] == "secret")
        #expect(found["PRICE"] == "$5" && found["TWO"] == "$MINE/x")
        #expect(try read(entry).1?.contains("names the variable MINE, which is not set") == true)
    }

    @Test("an envFile is read, and env wins over it") func file() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try "# mine\nexport A=1\n\nB = \"two words\"\r\nC='x=y'\nnothing\nD=file\nAPI_KEY=sk-1234\n".write(
            to: file, atomically: true, encoding: .utf8)
        let (settings, _) = try read([
            "command": "x", "envFile": .string(file.path), "env": ["D": "entry"],
        ])
        let found = environment(of: settings)
        #expect(found["A"] == "1" && found["B"] == "two words" && found["C"] == "x=y")
        #expect(found["D"] == "entry")
        #expect(settings?.secrets.hiding(in: "it is sk-1234") == "it is [API_KEY]")
        let (none, fault) = try read(["command": "x", "envFile": "/no/such/file"])
        #expect(none == nil && fault?.contains("\"envFile\" cannot be read: /no/such/file") == true)
    }

    @Test("Claude Code's servers of each folder are found, those of this folder first") func projects() throws
    {
        let here = FileManager.default.currentDirectoryPath
        let document: JSONValue = .object(
            JSONObject([
                .init(key: "numStartups", value: 3), .init(key: "mcpServers", value: [:]),
                .init(
                    key: "projects",
                    value: .object(
                        JSONObject([
                            .init(
                                key: "/elsewhere",
                                value: ["mcpServers": ["a": ["command": "x"], "b": ["command": "z"]]]),
                            .init(key: here, value: ["mcpServers": ["a": ["command": "y"]]]),
                            .init(key: "/none", value: ["history": []]),
                        ]))),
            ]))
        let (settings, faults) = try MCPServerSettings.usable(in: document, environment: [:])
        #expect(settings.map(\.name) == ["a", "b"])
        guard case .stdio(let launch)? = settings.first?.transport else { return }
        #expect(launch.program == "y")
        #expect(faults.map(\.server) == ["a"])
    }
}
