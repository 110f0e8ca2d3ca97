import Foundation
import Testing

/// The files in which something is decided about safety look at bytes and scalars, never at characters.
@Suite struct SafetyRoomTests {
    private static let rooms = [
        "Agent/Rules", "Agent/Filters", "Agent/Gate", "JSON/Scalars", "JSON/Secrets",
        "Sessions/Exchange/HTMLPage.swift",
        "Sessions/Exchange/MarkdownPage.swift", "Sessions/Printing/PlainText.swift",
        "Sessions/Checking/CheckReport.swift",
        "Sessions/Audit", "Sessions/Approval/ApprovalFolder.swift", "Terminal/Text/SafeText.swift",
        "Terminal/Text/ScreenedText.swift", "Terminal/Text/CharacterClass.swift",
        "Tools/EnvironmentSecrets.swift",
        "Tools/Commands", "Tools/Processes", "Tools/HTTP/HTTPRequestBuilder.swift",
        "Tools/HTTP/HTTPSettings.swift",
        "Models/HTTP/APIKey.swift", "Models/Streaming/KeyWatch.swift", "callgate/Output",
        "Workflows/ToolSourceReader.swift",
    ]

    /// What compares or cuts by characters when it is said of a string.
    private static let suspicious = [
        #"\bCharacter\b"#, #"\.hasPrefix\("#, #"\.hasSuffix\("#, #"\.replacing\("#,
        #"\.replacingOccurrences\("#,
        #"\.split\(separator: ""#, #"\.contains\(""#, #"\.firstIndex\(of: ""#, #"\.range\(of: ""#,
        #"\.isWhitespace\b"#,
        #"\.isLetter\b"#, #"\.isNumber\b"#, #"\.isNewline\b"#, #"\.lowercased\(\)"#, #"\.uppercased\(\)"#,
        #"\.components\("#,
        #"\.map \{ String\(\$0\) \}"#, #"\.trimmingCharacters"#,
    ]
    /// Scalars have properties of some of those names, and sets of words are not text.
    private static let innocent = [
        #"\.properties\.is"#, #"unicodeScalars\.(contains|firstIndex)"#, #"utf8\.contains"#,
        #"\bscalars\.firstIndex"#, #"intValue\.map \{ String"#,
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
                    guard code.range(of: pattern, options: .regularExpression) != nil else { continue }
                    let isInnocent = Self.innocent.contains {
                        code.range(of: $0, options: .regularExpression) != nil
                    }
                    #expect(isInnocent, "\(file.lastPathComponent):\(index + 1) looks at characters: \(code)")
                }
            }
        }
        print("\(files.count) files, \(lines) lines of safety rooms")
    }
}
