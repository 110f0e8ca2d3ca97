import Foundation
import Testing

/// The program in a real terminal: keys in, screens out, through a tmux server of its own.
///
/// Nothing here waits for a time: every step waits for what the screen shows, behind a guard that only a hung program
/// meets.
final class TmuxScreen {
    /// Why the tests in a terminal cannot run here; `nil` where they can.
    static let objection: String? = {
        let found = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/tmux")
        }
        return found ? nil : "tmux is not installed; Scripts/setup.sh installs it"
    }()

    private let socket = "callgate-\(UUID().uuidString.prefix(8))"
    private let folder: Folder
    /// Far beyond what the slowest machine needs; `CALLGATE_HANG_GUARD` shortens it for whoever writes a test.
    private static let guardSeconds =
        ProcessInfo.processInfo.environment["CALLGATE_HANG_GUARD"].flatMap(Double.init) ?? 1_200

    /// Starts `callgate` with `arguments` in `folder`, on a screen of that size.
    init(_ arguments: [String], in folder: Folder, size: (width: Int, height: Int) = (120, 40)) throws {
        self.folder = folder
        try? FileManager.default.removeItem(at: folder.url.appendingPathComponent("status.txt"))
        // What newcomers are told depends on what they have been told before.
        try folder.write("hints: false\n", to: ".settings.yaml")
        let words = [try CommandLineRun.program().path] + arguments
        let line = words.map { "'" + $0.replacing("'", with: #"'\''"#) + "'" }.joined(separator: " ")
        // The status file appears at once with its content: it is written beside and renamed.
        try tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", "\(size.width)", "-y", "\(size.height)", "-c",
            folder.url.path,
            "env TERM=screen-256color CALLGATE_CONFIG=.settings.yaml \(line) 2>stderr.txt; echo $? >status.new; mv status.new status.txt; exec cat"
        )
    }

    /// The server ends with its last session; a signal, which `kill-server` is, may have been blocked by the test process.
    deinit { _ = try? tmux("kill-session") }

    /// What the screen shows, without the spaces at the ends of its lines.
    var text: String { (try? tmux("capture-pane", "-p")) ?? "" }

    /// Presses keys by tmux's names: `Enter`, `Escape`, `C-s`, `PageDown`, or a letter.
    func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

    /// Types a text as it is.
    func type(_ text: String) throws { try tmux("send-keys", "-l", text) }

    /// Enters a line on the program's command line.
    func enter(_ line: String) throws {
        try press(":")
        try type(line)
        try press("Enter")
    }

    /// Waits until the screen shows every one of the texts.
    func await(_ texts: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        try wait(for: "the screen to show \(texts)", sourceLocation) { screen in
            texts.allSatisfy { screen.contains($0) }
        }
    }

    /// Presses a key that decides until the screen shows its effect.
    ///
    /// A call that has only just come under the key is not decided, and says so: the key is pressed again then.
    func decide(_ key: String, until text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let refusal = "had just come under the key"
        let start = Date()
        while true {
            let isLast = Date().timeIntervalSince(start) > TmuxScreen.guardSeconds
            try press(key)
            var isDone = false
            try wait(for: "\(key) to lead to \(text)", sourceLocation) { screen in
                isDone = screen.contains(text)
                return isDone || !isLast && screen.contains(refusal)
            }
            if isDone { return }
            // Any key takes the line away; this one does nothing else where calls are decided.
            try press("2")
            try wait(for: "the refusal to go", sourceLocation) { !$0.contains(refusal) }
        }
    }

    /// Waits for the program's end and gives its exit code.
    func end(sourceLocation: SourceLocation = #_sourceLocation) throws -> Int32 {
        try wait(for: "the program to end", sourceLocation) { _ in
            FileManager.default.fileExists(atPath: self.folder.url.appendingPathComponent("status.txt").path)
        }
        return Int32(try folder.read("status.txt").trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
    }

    private func wait(
        for what: String, _ sourceLocation: SourceLocation, _ holds: (String) throws -> Bool
    ) throws {
        let start = Date()
        while Date().timeIntervalSince(start) < TmuxScreen.guardSeconds {
            let screen = text
            if try holds(screen) { return }
            if FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("status.txt").path),
                try !holds(text)
            {
                break
            }
            usleep(30_000)
        }
        let errors = (try? folder.read("stderr.txt")) ?? ""
        Issue.record("waited in vain for \(what):\n\(text)\n\(errors)", sourceLocation: sourceLocation)
        throw GaveUp()
    }

    private struct GaveUp: Error {}

    @discardableResult private func tmux(_ arguments: String...) throws -> String { try tmux(arguments) }

    @discardableResult private func tmux(_ arguments: [String]) throws -> String {
        let process = Process()
        // The first call leaves a server behind. It must not keep what it inherits open: Foundation takes a process
        // for running, also another test's, as long as one of its descriptors is.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let closing =
            #"for f in /dev/fd/*; do f=${f##*/}; [ "$f" -gt 2 ] && eval "exec $f>&-"; done; exec "$@""#
        process.arguments = ["bash", "-c", closing, "tmux", "tmux", "-L", socket] + arguments
        var environment = ProcessInfo.processInfo.environment
        // A server of one's own, whatever terminal the tests run in; UTF-8 whatever the locale is.
        environment["TMUX"] = nil
        environment["LC_ALL"] = "C.UTF-8"
        // Its socket goes with the folder.
        environment["TMUX_TMPDIR"] = folder.url.path
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // A file rather than a pipe: the server of another test, started meanwhile, would keep a pipe open.
        let file = folder.url.appendingPathComponent("tmux.txt")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: file)
        try process.run()
        process.waitUntilExit()
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}

/// Screens of the program in a terminal, kept as files beside the tests, to be read as pictures of what a person sees.
///
/// With `CALLGATE_RECORD_SCREENS=1` every screen that is compared is written anew instead; look at the difference
/// before it is committed. Durations and other fractions differ from run to run and are not compared.
enum TerminalScreens {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Screens")

    static func expect(
        _ screen: TmuxScreen, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = folder.appendingPathComponent("\(name).txt")
        if ProcessInfo.processInfo.environment["CALLGATE_RECORD_SCREENS"] == "1" {
            try Data(screen.text.utf8).write(to: file)
            return
        }
        let recorded = comparable(try String(contentsOf: file, encoding: .utf8))
        // The last of what was awaited may be drawn before the rest of its screen.
        let guardian = Date().addingTimeInterval(60)
        var shown: [String] = []
        repeat {
            shown = comparable(screen.text)
            if shown == recorded { return }
            usleep(30_000)
        } while Date() < guardian
        let differing = zip(recorded, shown).enumerated().filter { $1.0 != $1.1 }.prefix(8).map {
            "row \($0)\n - \($1.0)\n + \($1.1)"
        }
        Issue.record(
            "the screen is not the recorded \(name).txt:\n\(differing.joined(separator: "\n"))",
            sourceLocation: sourceLocation)
    }

    /// Rows in which what differs from run to run is one sign, and so is what fills a row up after it.
    private static func comparable(_ screen: String) -> [String] {
        screen.split(separator: "\n", omittingEmptySubsequences: false).map { row in
            // Logits may differ in their last bits between processors, and with them the order of improbable tokens.
            String(row).replacing(#/^│[* ][▸ ] +[0-9]+ [^│]*│/#) { _ in "│a candidate│" }
                .replacing(#/[0-9]+(\.[0-9]+)?(?:[ ](ms|s)\b|%|[ ]%)|[0-9]+\.[0-9]+/#) { _ in "#" }
                .replacing(#/[0-9]{13,}/#) { _ in "#" }
                .replacing(#/(waits|runs|denied in) [0-9]+:[0-9]{2}/#) { "\($0.output.1) #" }
                .replacing(#/[ ]{2,}/#) { _ in " " }.replacing(#/─{2,}/#) { _ in "─" }
                .replacing(#/[█▏▎▍▌▋▊▉░▓]+/#) { _ in "█" }.replacing(" │", with: "│").replacing(
                    " ║", with: "║")
        }
    }
}
