import Foundation
import Testing

/// The README and the pages of docs/ say what is so: their links lead somewhere, their commands run, their screens and
/// pictures are those of the program.
@Suite struct DocsTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The pages that people read, by their paths from the root.
    private static let pages: [String] = {
        let folder = root.appendingPathComponent("docs").path
        let docs = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "ARCHITECTURE.md"]
            + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()

    private static func text(_ page: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(page), encoding: .utf8)
    }

    @Test func theREADMEIsShort() throws {
        let lines = try DocsTests.text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
        print("\(lines.count) lines of README")
        #expect(lines.count <= 180)
    }

    @Test func everyLinkLeadsSomewhere() throws {
        var count = 0
        for page in DocsTests.pages {
            let folder = DocsTests.root.appendingPathComponent(page).deletingLastPathComponent()
            let text = try DocsTests.text(page)
            let links =
                text.matches(of: /\]\(([^)\s]+)\)/).map(\.1)
                + text.matches(of: /(?:src|srcset)="([^"]+)"/).map(\.1)
            for link in links where !link.contains("://") && !link.hasPrefix("#") {
                let path = folder.appendingPathComponent(String(link.prefix { $0 != "#" })).path
                count += 1
                #expect(FileManager.default.fileExists(atPath: path), "\(page): \(link)")
            }
        }
        print("\(count) links were followed")
        #expect(count > 40)
    }

    @Test func everyPageIsLinkedTo() throws {
        let all = try DocsTests.pages.map(DocsTests.text).joined()
        for page in DocsTests.pages where page.hasPrefix("docs/") {
            #expect(all.contains("\(page.dropFirst("docs/".count)))"), "\(page)")
        }
    }

    /// Screens in the pages are those that other tests record; rows without a word are left out there.
    @Test func screensAreThoseThatAreRecorded() throws {
        let folder = DocsTests.root.appendingPathComponent("Tests/CallgateTests/Screens")
        let recorded = try FileManager.default.contentsOfDirectory(atPath: folder.path).map { name in
            Set(
                try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                    .split(separator: "\n"))
        }
        var count = 0
        // The picture in ARCHITECTURE.md is no screen.
        for page in DocsTests.pages where page != "ARCHITECTURE.md" {
            var block: [Substring] = []
            let lines: [Substring] = try DocsTests.text(page).split(
                separator: "\n", omittingEmptySubsequences: false)
            for line in lines + [""] {
                if line.hasPrefix("    "), "│┌└├".contains(where: { line.contains($0) }),
                    !line.contains("──►")
                {
                    block.append(line.dropFirst(4))
                } else if !block.isEmpty {
                    count += 1
                    let strangers = recorded.map { rows in block.filter { !rows.contains($0) } }
                    let least = strangers.min { $0.count < $1.count } ?? []
                    #expect(least.isEmpty, "\(page): not on any recorded screen: \(least.first ?? "")")
                    block = []
                }
            }
        }
        print("\(count) screens were compared")
        #expect(count >= 5)
    }

    @Test(arguments: ["dark", "light"])
    func thePictureIsTheScreen(ground: String) throws {
        let folder = try Folder()
        let session = DocsTests.root.appendingPathComponent("sessions/edited-and-denied.jsonl").path
        let drawn = try CommandLineRun(
            ["replay", session, "--at", "57", "--screen", "110x34", "--svg", ground], in: folder)
        #expect(drawn.status == 0, "\(drawn.errors)")
        let kept = try DocsTests.text("docs/pictures/screen-\(ground).svg")
        #expect(drawn.output == kept, "Scripts/pictures.sh draws it anew")
    }

    /// Each command of the pages, as a shell takes it, in a folder that has what the pages speak of.
    @Test func everyCommandRuns() throws {
        let folder = try Folder()
        try DocsFolder.fill(folder, root: DocsTests.root)
        let programs = try CommandLineRun.program().deletingLastPathComponent().path
        var (ran, left) = (0, [String]())
        for page in DocsTests.pages {
            for line in try DocsTests.text(page).split(separator: "\n")
            where line.hasPrefix("    callgate ") {
                guard let command = DocsFolder.runnable(line.dropFirst(4)) else {
                    left.append("\(page): \(line.dropFirst(4))")
                    continue
                }
                let run = try CommandLineRun(
                    program: "/bin/sh", ["-c", command], in: folder,
                    environment: [
                        "PATH": "\(programs):/usr/bin:/bin", "XDG_STATE_HOME": folder.url.path,
                        "CALLGATE_CONFIG": folder.url.appendingPathComponent("config.yaml").path,
                    ])
                ran += 1
                #expect([0, 1, 3].contains(run.status), "\(page): \(command)\n\(run.errors)")
            }
        }
        print("\(ran) commands ran; left out, since they need what a test has not:")
        for line in left { print("  \(line)") }
        #expect(ran > 25)
    }

    /// What somebody new does with the README alone.
    @Test func fromNothingToAHeldCall() throws {
        let folder = try Folder()
        let script = DocsTests.root.appendingPathComponent("Scripts/new-user.sh").path
        let run = try CommandLineRun(
            program: "/bin/sh", [script, try CommandLineRun.program().path], in: folder,
            environment: ["XDG_STATE_HOME": folder.url.path, "CALLGATE_CONFIG": "/nowhere"])
        #expect(run.status == 0, "\(run.errors)\(run.output)")
        #expect(
            run.output.contains("waiting for you") && run.output.contains("held: get_ticket"),
            "\(run.output)")
    }
}

/// A folder with the files that the pages speak of.
enum DocsFolder {
    static func fill(_ folder: Folder, root: URL) throws {
        let sessions = root.appendingPathComponent("sessions")
        let manager = FileManager.default
        let kept = folder.url.appendingPathComponent("sessions")
        try manager.createDirectory(at: kept, withIntermediateDirectories: true)
        for name in try manager.contentsOfDirectory(atPath: sessions.path) where name.hasSuffix(".jsonl") {
            try manager.copyItem(
                at: sessions.appendingPathComponent(name), to: kept.appendingPathComponent(name))
        }
        for name in ["a", "b", "imported", "monday", "sessions/monday", "sessions/x"] {
            try manager.copyItem(
                at: sessions.appendingPathComponent("two-rounds.jsonl"),
                to: folder.url.appendingPathComponent("\(name).jsonl"))
        }
        _ = try CommandLineRun(
            [
                "run", "--headless", "--approve", "all", "--prompt", "look up T-1042", "--record",
                "sessions/tuesday.jsonl",
            ], in: folder)
        let workflow = """
            name: my-desk
            model: {embedded: builtin}
            tools: [{builtin: support-desk}]
            prompt: look up T-1042

            """
        for name in ["my-desk", "my-workflow", "desk", "support-desk", "rules", "new-rules"] {
            try folder.write(workflow, to: "\(name).yaml")
        }
        try folder.write(#"{"type": "object"}"#, to: "ticket.json")
        try folder.write(#"[{"role": "user", "content": "hello"}]"#, to: "request.json")
        for name in ["a", "b", "s", "call"] { try folder.write("{}", to: "\(name).json") }
        try folder.write("q\ny\n", to: "keys.txt")
        try folder.write("{% for m in messages %}{{ m.content }}{% endfor %}", to: "some.jinja")
        let model = try CommandLineRun.program().deletingLastPathComponent()
            .appendingPathComponent("callgate_callgate.resources/support-desk.gguf")
        try manager.createSymbolicLink(
            at: folder.url.appendingPathComponent("model.gguf"), withDestinationURL: model)
    }

    /// The line as a shell takes it, played on a screen in memory where it would open one; `nil` for one that names what
    /// only a reader can fill in.
    static func runnable(_ line: Substring) -> String? {
        // What stands after two spaces is a remark.
        var words = String(line.prefix { $0 != "#" }.split(separator: "  ").first ?? "")
        while words.hasSuffix(" ") { words.removeLast() }
        let unquoted = words.replacing(/'[^']*'|"[^"]*"/, with: "")
        for blank in ["…", " | ", "HASH", "FILE", "SESSION", "NAME", "DIR"] where unquoted.contains(blank) {
            return nil
        }
        let parts = words.split(separator: " ")
        guard parts.count > 1 else { return nil }
        // What needs an agent or a server that only a reader has.
        if ["attach", "gate", "hook", "serve", "proxy"].contains(parts[1]) { return nil }
        // It waits until somebody decides.
        if words.contains("--approve await") { return nil }
        let opens: Bool =
            switch parts[1] {
            case "run": !words.contains("--headless")
            case "demo", "tutor", "start": true
            case "replay": !words.contains("--print") && !words.contains("--at")
            case "approve": !words.contains(" --")
            default: false
            }
        return opens && !words.contains("--keys") ? words + " --keys keys.txt" : words
    }
}
