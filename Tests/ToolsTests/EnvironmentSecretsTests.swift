import JSON
import Testing

@testable import Tools

/// What a tool or a server was given as a secret does not come back.
@Suite struct EnvironmentSecretsTests {
    private func secrets(_ variables: [(String, String)]) -> EnvironmentSecrets {
        var secrets = EnvironmentSecrets()
        for (name, value) in variables { secrets.insert(name, value) }
        return secrets
    }

    @Test(arguments: [
        ("plain", "plain"), ("abcd", "[A]"), ("xabcdabcdy", "x[A][A]y"), ("abcde", "[LONG]"), ("abc", "abc"),
        ("", ""),
        ("e\u{301}abcd\u{301}", "e\u{301}[A]\u{301}"), ("line one", "[LINES]"), ("[abcd]", "[[A]]"),
    ])
    func valuesBecomeTheirNames(text: String, clean: String) {
        let secrets = secrets([
            ("A", "abcd"), ("LONG", "abcde"), ("SHORT", "abc"), ("LINES", "line one\nline two\n"),
        ])
        #expect(secrets.hiding(in: text).utf8.elementsEqual(clean.utf8))
        #expect(secrets.hiding(in: [[.string(text)]]) == [[.string(clean)]])
        #expect(EnvironmentSecrets().hiding(in: text).utf8.elementsEqual(text.utf8))
    }

    @Test func whichVariablesCountDependsOnWhereTheyStand() throws {
        let document = try JSONParser.parse(
            #"""
            {"mcpServers": {
              "a": {"command": "x", "args": ["${HOST}", "--token=${A_TOKEN}"], "env": {"K": "${MY_KEY}", "L": "${LEVEL}"}},
              "b": {"url": "https://h/mcp?k=${QUERY}", "headers": {"Authorization": "Bearer ${BEARER}"}},
              "c": {"command": "x", "env": {"K": "${NO_KEY:-default-key}"}}
            }}
            """#)
        let environment = [
            "HOST": "host-1", "A_TOKEN": "token-1", "MY_KEY": "key-1", "LEVEL": "debug", "QUERY": "query-1",
            "BEARER": "bearer-1",
        ]
        let servers = try MCPServerSettings.usable(in: document, environment: environment).settings
        let text = "host-1 token-1 key-1 debug query-1 bearer-1 default-key"
        #expect(
            servers.map { $0.secrets.hiding(in: text) } == [
                "host-1 [A_TOKEN] [MY_KEY] debug query-1 bearer-1 default-key",
                "host-1 token-1 key-1 debug [QUERY] [BEARER] default-key", text,
            ])
    }

    @Test func aCommandsSecretsAreThoseThatAreNamedSo() {
        let list = EnvironmentList(["API_KEY", "STAGE", "TOKEN=literal"])
        let secrets = list.secrets(from: ["API_KEY": "key-1", "STAGE": "test", "TOKEN": "other"])
        #expect(secrets.hiding(in: "key-1 test literal other") == "[API_KEY] test literal other")
    }
}
