import Foundation
import JSON
import Testing

@testable import Tools

/// A secret comes back in no spelling, wherever the text is cut.
@Suite struct SecretSpellingTests {
    private static let key = "sk-live+Ab/Cd\"Ef=12345678"

    private func secrets(_ value: String) -> EnvironmentSecrets {
        var secrets = EnvironmentSecrets()
        secrets.insert("API_KEY", value)
        return secrets
    }

    private static func percent(_ text: String, all: Bool = false, lower: Bool = false) -> String {
        text.utf8.map { byte in
            let isPlain = (48...57).contains(byte) || (97...122).contains(byte | 0x20)
            if isPlain, !all { return String(Unicode.Scalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: !lower)
            return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
        }.joined()
    }

    private static func json(_ text: String) -> String {
        String(JSONValue.string(text).text().dropFirst().dropLast())
    }

    private static func unicode(_ text: String) -> String {
        text.utf8.map { "\\u00" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The spellings of a value in which servers, logs and formats have been seen to give it back.
    static func spellings(_ value: String) -> [(String, String)] {
        let base64 = Data(value.utf8).base64EncodedString()
        let basic = Data("user:\(value)".utf8).base64EncodedString()
        let slashed = json(value).replacingOccurrences(of: "/", with: "\\/")
        return [
            ("plain", value), ("percent", percent(value)), ("percent, all", percent(value, all: true)),
            ("percent, lower", percent(value, lower: true)), ("percent twice", percent(percent(value))),
            ("JSON", json(value)), ("JSON with \\/", slashed), ("JSON in JSON", json(json(value))),
            ("JSON thrice", json(json(json(value)))), ("\\u00XX", unicode(value)),
            ("\\u00XX in JSON", json(unicode(value))),
            ("HTML", value.escapedForMarkup), ("HTML, numbers", value.utf8.map { "&#\($0);" }.joined()),
            ("HTML, hexadecimal", value.utf8.map { "&#x" + String($0, radix: 16) + ";" }.joined()),
            ("quoted-printable", value.replacingOccurrences(of: "=", with: "=3D")), ("base64", base64),
            ("basic header", basic),
            (
                "base64 for URLs",
                base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            ),
            ("base64 of more", Data("ab\(value)xyz".utf8).base64EncodedString()),
            ("hexadecimal", value.utf8.map { String($0, radix: 16) }.joined()),
        ]
    }

    @Test func everySpellingIsHidden() {
        for value in [
            Self.key, "correct horse battery", "p@ss\\w\"ord/1", "aaaaaaaaaaaaaaaa", "x\u{E9}\u{1F511}key-99",
        ] {
            let secrets = secrets(value)
            for (name, spelled) in Self.spellings(value) {
                let clean = secrets.hiding(in: "before \(spelled) after")
                #expect(
                    clean.hasPrefix("before ") && clean.contains("[API_KEY]"), "\(name) of \(value): \(clean)"
                )
                #expect(!clean.contains(spelled), "\(name): \(clean)")
                // At most what stands around it in the same code is left.
                #expect(clean.utf8.count <= 14 + 9 + 16, "\(name): \(clean)")
            }
        }
    }

    /// Wherever a text is cut, no more than the first three bytes of a value are left of it.
    @Test func aCutLeavesNothingOfAValue() {
        for (name, spelled) in Self.spellings(Self.key)
        where !["base64 of more", "basic header"].contains(name) {
            for length in 1..<spelled.utf8.count {
                var bytes = CappedBytes(limit: 7 + length)
                bytes.append(Array("before ".utf8) + Array(spelled.utf8))
                let text = bytes.text(hiding: secrets(Self.key))
                let left = text.utf8.dropFirst(7).prefix { $0 != UInt8(ascii: "[") && $0 != 0x0A }
                #expect(left.count <= 7 * 4, "\(name), cut after \(length): \(text)")
                if length > 7 * 4 {
                    #expect(text.contains("[API_KEY]"), "\(name), cut after \(length): \(text)")
                }
            }
        }
    }

    @Test func ordinaryTextIsLeftAlone() {
        let secrets = secrets(Self.key)
        for text in [
            "sk-", "a sk-live", "100% of \\ & = +", "sk%", "{\"a\": \"\\u00e9\"}", "&#x;", "=3", "%2",
        ] {
            #expect(secrets.hiding(in: text) == text)
        }
        #expect(secrets.hiding(in: "the end is sk-live+Ab", isCut: true) == "the end is [API_KEY]")
        #expect(secrets.hiding(in: "the end is sk-", isCut: true) == "the end is sk-")
    }

    @Test func aServersCommandDoesNotTellItsVariable() async throws {
        let document = try JSONParser.parse(#"{"mcpServers": {"s": {"command": "/no/${API_KEY}/here"}}}"#)
        let settings = try #require(
            try MCPServerSettings.servers(in: document, environment: ["API_KEY": "sk-123456"]).first)
        let server = MCPServer(settings, host: MCPRecorder())
        let error = await #expect(throws: MCPError.self) { _ = try await server.tools() }
        #expect(
            error?.description.contains("sk-123456") == false
                && error?.description.contains("[API_KEY]") == true, "\(error as Any)")
    }
}
