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

    private static let values = [
        key, "correct horse battery", "p@ss\\w\"ord/1", "aaaaaaaaaaaaaaaa", "x\u{E9}\u{1F511}key-99", "Zq7!",
        "\u{E9}\u{E8}9",
        "se\u{301}cret",
    ]

    @Test(arguments: values)
    func everySpellingIsHidden(value: String) {
        let secrets = secrets(value)
        for spelling in SpelledSecret.all(value) {
            let text = Array("before ".utf8) + spelling.bytes + Array(" after".utf8)
            let expected =
                Array("before ".utf8) + spelling.before + Array("[API_KEY]".utf8) + spelling.after
                + Array(" after".utf8)
            let clean = secrets.hiding(in: text)
            #expect(
                clean == expected,
                "\(spelling.name) of \(value): \(String(decoding: clean, as: UTF8.self))")
        }
    }

    /// Wherever a text is cut, at most three bytes of a value are told by what is left, and nothing else is hidden.
    ///
    /// A value that repeats itself may begin anew where it ends, so that more of it is hidden, rightly.
    @Test(arguments: values.filter { $0 != "aaaaaaaaaaaaaaaa" })
    func aCutLeavesAtMostThreeBytesOfAValue(value: String) {
        var cuts = 0
        for spelling in SpelledSecret.all(value) {
            for length in 1..<spelling.bytes.count {
                cuts += 1
                var bytes = CappedBytes(limit: 7 + length)
                bytes.append(Array("before ".utf8) + spelling.bytes)
                let text = bytes.text(hiding: secrets(value))
                let expected =
                    String(
                        decoding: Array("before ".utf8) + spelling.hidden(after: length, as: "[API_KEY]"),
                        as: UTF8.self)
                    + "\n[cut: \(7 + length) of \(7 + spelling.bytes.count) bytes are shown]"
                #expect(text.utf8.elementsEqual(expected.utf8), "\(spelling.name) after \(length): \(text)")
            }
        }
        #expect(cuts > 100)
    }

    /// What was encoded before it went into base64.
    @Test(arguments: values) func whatIsEncodedTwiceIsHidden(value: String) {
        let base64 = { (text: String) in Data(text.utf8).base64EncodedString() }
        // RFC 3986, section 2.3; some leave slashes as well.
        let plain = CharacterSet(
            charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        let percent = value.addingPercentEncoding(withAllowedCharacters: plain) ?? value
        let path = percent.replacing("%2F", with: "/")
        let json = JSONValue.string(value).text()
        for text in [
            base64(base64(value)), base64(base64("user:" + value)), base64(percent), base64(path),
            base64(json),
        ] {
            let clean = secrets(value).hiding(in: "before \(text) after")
            #expect(clean.contains("[API_KEY]"), "\(value) in \(text): \(clean)")
        }
    }

    /// A value of digits comes back as a number.
    @Test(
        "Escapes of escapes, and marks that nobody sees between the letters, hide nothing",
        arguments: [
            #"sk-live+Ab/Cd\&quot;Ef=12345678"#, "sk-live+Ab/Cd&amp;quot;Ef=12345678",
            "&amp;#115;k-live+Ab/Cd&amp;amp;#34;Ef=12345678", "%5Cu0073k-live+Ab/Cd%5C%22Ef=12345678",
            "%255cu0073k-live+Ab/Cd%5c%22Ef=12345678",
        ])
    func nested(text: String) {
        let clean = secrets(Self.key).hiding(in: Array("a \(text) b".utf8))
        #expect(String(decoding: clean, as: UTF8.self) == "a [API_KEY] b")
    }

    @Test(
        "A mark without width between the letters hides nothing",
        arguments: [
            "\u{FE0F}", "\u{301}", "\u{AD}", "\u{E0041}", "\u{200E}", "\u{2064}", "\u{202E}", "\\u00ad",
        ])
    func unseen(mark: String) {
        let text = Self.key.unicodeScalars.map { "\($0)" }.joined(separator: mark)
        let clean = secrets(Self.key).hiding(in: Array("a \(text) b".utf8))
        #expect(String(decoding: clean, as: UTF8.self) == "a [API_KEY] b")
    }

    /// Each as a terminal, a mail, a page or an address has it.
    @Test(
        "What nobody sees between the letters hides nothing, in base64 and hexadecimal as well",
        arguments: [
            "\u{1B}(B\u{1B}[m", "\u{1B}]8;;http://x/\u{1B}\\", "\u{1B}Pq\u{7}", "\u{9B}1m", "\r\n ", "\n    ",
            "\n\t",
            "&shy;", "&#8203;", "&#x200b;", "%E2%80%8B", "%0D%0A", "<wbr>", "<BR />", "\u{200B}",
        ])
    func unseenElsewhere(mark: String) {
        func broken(_ text: String, every count: Int) -> String {
            let letters = text.map { String($0) }
            return stride(from: 0, to: letters.count, by: count)
                .map { letters[$0..<min($0 + count, letters.count)].joined() }.joined(separator: mark)
        }
        let hidden = { (text: String) in
            String(decoding: self.secrets(Self.key).hiding(in: Array("a \(text) b".utf8)), as: UTF8.self)
        }
        #expect(hidden(broken(Self.key, every: 5)) == "a [API_KEY] b", "\(mark)")
        let hexadecimal = Self.key.utf8.map { String($0, radix: 16) }.joined()
        let base64 = Data(Self.key.utf8).base64EncodedString()
        for text in [broken(hexadecimal, every: 6), broken(base64, every: 6)] {
            #expect(hidden(text).contains("[API_KEY]"), "\(text)")
        }
    }

    @Test("What other encodings make of a value is hidden in base64 and in hexadecimal", arguments: values)
    func encodedBefore(value: String) {
        let base64 = { (bytes: [UInt8]) in Data(bytes).base64EncodedString() }
        let hexadecimal = { (bytes: [UInt8]) in
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        let own = Array(value.utf8)
        let json = Array(JSONValue.string(value).text().utf8)
        let page = Array(
            value.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
                .utf8)
        let php = Array(JSONValue.string(value).text().replacing("/", with: "\\/").utf8)
        let inner = Array(JSONValue.string(String(decoding: json, as: UTF8.self)).text().utf8)
        let wide = value.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let texts = [
            json, page, php, inner, wide, Array(hexadecimal(own).utf8),
            Array(hexadecimal(own).uppercased().utf8),
        ]
        for text in texts {
            for start in ["", "u", "us"] {
                let spelled = base64(Array(start.utf8) + text)
                #expect(secrets(value).hiding(in: "a \(spelled) b").contains("[API_KEY]"), "\(spelled)")
            }
        }
        for text in texts + [Array(base64(own).utf8)] {
            let spelled = hexadecimal(text)
            #expect(secrets(value).hiding(in: "a \(spelled) b").contains("[API_KEY]"), "\(spelled)")
        }
    }

    @Test func aNumberIsHiddenToo() throws {
        var secrets = EnvironmentSecrets()
        secrets.insert("PIN_TOKEN", "90210777")
        let clean = secrets.hiding(in: try JSONParser.parse(#"{"a": [90210777, 9021], "90210777": 1}"#))
        #expect(clean.text() == #"{"a":["[PIN_TOKEN]",9021],"[PIN_TOKEN]":1}"#, "\(clean.text())")
    }

    @Test func ordinaryTextIsLeftAlone() {
        let secrets = secrets(Self.key)
        for text in [
            "sk-", "a sk-live", "100% of \\ & = +", "sk%", "{\"a\": \"\\u00e9\"}", "&#x;", "=3", "%2",
        ] {
            #expect(secrets.hiding(in: text) == text)
        }
        let cut = { (text: String) in
            String(decoding: secrets.hiding(in: Array(text.utf8), isCut: true), as: UTF8.self)
        }
        #expect(cut("the end is sk-live+Ab") == "the end is [API_KEY]")
        #expect(cut("the end is sk-l") == "the end is [API_KEY]" && cut("the end is sk-") == "the end is sk-")
    }

    @Test func aServersCommandDoesNotTellItsVariable() async throws {
        let document = try JSONParser.parse(#"{"mcpServers": {"s": {"command": "/no/${API_KEY}/here"}}}"#)
        let settings = try #require(
            try MCPServerSettings.usable(in: document, environment: ["API_KEY": "sk-123456"]).settings.first)
        let server = MCPServer(settings, host: MCPRecorder())
        let error = await #expect(throws: MCPError.self) { _ = try await server.tools() }
        #expect(
            error?.description.contains("sk-123456") == false
                && error?.description.contains("[API_KEY]") == true, "\(error as Any)")
    }
}
