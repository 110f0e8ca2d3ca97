import Foundation
import Testing

/// The files in which something is decided about safety look at bytes and scalars, never at characters.
@Suite struct SafetyRoomTests {
    private static let rooms = [
        "Attach/Exchanges/GatedStream.swift", "Attach/Exchanges/OtherAnswer.swift",
        "Formats/Reading/CallSieve.swift", "Formats/Reading/PlainCalls.swift",
        "Attach/Proxy/UnreadRequest.swift", "Formats/Reading/CallTraces.swift", "Agent/Rules",
        "Agent/Filters",
        "Agent/Gate", "JSON/Scalars", "JSON/Secrets",
        "Sessions/Exchange/HTMLPage.swift",
        "Sessions/Exchange/MarkdownPage.swift", "Sessions/Printing/PlainText.swift",
        "Sessions/Checking/CheckReport.swift", "Debugger/Panes/Calls/LookAlikes.swift",
        "Sessions/Audit", "Sessions/Approval/ApprovalFolder.swift",
        "Sessions/Approval/OutsideDecision.swift", "Debugger/Panes/Calls/CallsPane.swift",
        "Terminal/Text/SafeText.swift",
        "Terminal/Text/ScreenedText.swift", "Terminal/Text/CharacterClass.swift",
        "Tools/EnvironmentSecrets.swift",
        "Tools/Commands", "Tools/Processes", "Tools/HTTP/HTTPRequestBuilder.swift",
        "Tools/HTTP/HTTPSettings.swift",
        "Models/HTTP/APIKey.swift", "Models/Streaming/KeyWatch.swift", "callgate/Output",
        "Workflows/ToolSourceReader.swift",
    ]

    /// What compares or cuts by characters when it is said of a string; nothing that these find is let through.
    ///
    /// `properties` are those of a scalar: a character has none.
    private static let suspicious = [
        #"\bCharacter\b"#, #"\.hasPrefix\("#, #"\.hasSuffix\("#, #"\.replacing\("#,
        #"\.replacingOccurrences\("#, #"\.split\(separator: ""#, #"\.contains\(""#,
        #"\.(first|last)Index\(of: ""#, #"\.range\(of: ""#, #"\.(first|last) [=!]= ""#,
        #"(?<!\.properties)\.is(Whitespace|Letter|Number|Newline|Punctuation|Symbol|Cased)\b"#,
        #"\.(lower|upper)cased\(\)"#, #"\.capitalized\b"#, #"\.components\("#,
        #"\.map \{ String\(\$0\) \}"#, #"\.map\(String\.init\)"#, #"\.trimmingCharacters"#,
        #"\.compare\("#, #"\.caseInsensitive"#, #"\.localized"#, #"\.firstMatch\(of:"#, #"\bNSString\b"#,
        #"\bRegex\b"#, #"case "[^"]+"\.\.\."#,
    ]

    @Test func noFileOfTheseRoomsLooksAtCharacters() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        var files: [URL] = []
        for room in Self.rooms {
            let url = sources.appendingPathComponent(room)
            let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String }
            let found =
                room.hasSuffix(".swift") ? [url] : (names ?? []).map { url.appendingPathComponent($0) }
            let swift = found.filter {
                $0.pathExtension == "swift" && FileManager.default.fileExists(atPath: $0.path)
            }
            #expect(!swift.isEmpty, "there is no room \(room) any more")
            files += swift
        }
        var lines = 0
        for file in files {
            for (index, line) in try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false
            ).enumerated() {
                let code = line.drop { $0 == " " }
                if code.hasPrefix("//") { continue }
                lines += 1
                for pattern in Self.suspicious {
                    #expect(
                        code.range(of: pattern, options: .regularExpression) == nil,
                        "\(file.lastPathComponent):\(index + 1) looks at characters: \(code)")
                }
            }
        }
        print("\(files.count) files, \(lines) lines of safety rooms")
    }

    /// The check is one that can fail: it finds each way of looking at characters.
    @Test func eachWayOfLookingAtCharactersIsFound() {
        for line in [
            "let first: Character = text.first", "text.hasPrefix(\"<\")",
            "text.replacing(\"<\", with: \"&lt;\")",
            "text.split(separator: \"\\n\")", "text.contains(\"|\")", "text.firstIndex(of: \"=\")",
            "text.lastIndex(of: \"/\")", "if text.first == \"-\" {", "text.allSatisfy(\\.isNumber)",
            "text.filter { $0.isWhitespace }", "text.lowercased()", "text.map { String($0) }",
            "text.map(String.init)",
            "text.trimmingCharacters(in: .whitespaces)", "a.compare(b)", "(text as NSString).range",
            "text.firstMatch(of: /a/)",
        ] {
            #expect(
                Self.suspicious.contains { line.range(of: $0, options: .regularExpression) != nil }, "\(line)"
            )
        }
        for line in [
            "scalar.properties.isWhitespace", "text.utf8.contains(0x3C)", "utf8.firstIndex(of: 0x3D)",
        ] {
            #expect(
                !Self.suspicious.contains { line.range(of: $0, options: .regularExpression) != nil },
                "\(line)")
        }
    }
}
