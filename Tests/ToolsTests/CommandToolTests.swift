import Agent
import Dispatch
import Foundation
import JSON
import Testing

@testable import Tools

/// A command tool whose program's words are templates, each a group of its own.
private func command(_ words: [String], _ adjust: (inout CommandSettings) -> Void = { _ in }) throws
    -> CommandTool
{
    var settings = CommandSettings(body: .program(try words.map { [try ArgumentTemplate($0)] }))
    adjust(&settings)
    return CommandTool(
        definition: ToolDefinition(name: "t", description: "", parameters: [:]), settings: settings)
}

private func shell(_ script: String, _ adjust: (inout CommandSettings) -> Void = { _ in }) -> CommandTool {
    var settings = CommandSettings(body: .shell(script))
    adjust(&settings)
    return CommandTool(
        definition: ToolDefinition(name: "t", description: "", parameters: [:]), settings: settings)
}

private func run(_ tool: CommandTool, _ arguments: String = "{}") async throws -> ToolOutput {
    let call = ToolCall(id: ToolCallID("call_1"), name: "t", arguments: ByteString(arguments))
    return try await tool.run(call, arguments: try JSONParser.parse(arguments))
}

private func failure(_ body: () async throws -> ToolOutput) async -> String {
    do { return "no failure but: \(try await body().content)" } catch { return "\(error)" }
}

@Suite struct CommandToolTests {
    @Test("an argument is one word of the command line, whatever is in it")
    func arguments() async throws {
        let tool = try command(["printf", "<%s>", "{a}", "x{b}y", "{list}", "{absent}", "{{{deep}}}"])
        let output = try await run(
            tool, #"{"a": "$(id) `id`; * \"\n'", "b": 1.50, "list": ["p q", true], "deep": {"k": [null]}}"#)
        #expect(
            output
                == ToolOutput(
                    callID: ToolCallID("call_1"),
                    content: #"<$(id) `id`; * "\#n'><x1.50y><p q><true><{{"k":[null]}}>"#))
    }

    @Test("a group with an absent argument is left out whole")
    func groups() async throws {
        var settings = CommandSettings(body: .program([]))
        settings.body = .program([
            [try ArgumentTemplate("printf")], [try ArgumentTemplate("<%s>")],
            [try ArgumentTemplate("-n"), try ArgumentTemplate("{n}")], [try ArgumentTemplate("end")],
        ])
        let tool = CommandTool(
            definition: ToolDefinition(name: "t", description: "", parameters: [:]), settings: settings)
        #expect(try await run(tool).content == "<end>")
        #expect(try await run(tool, #"{"n": 3}"#).content == "<-n><3><end>")
    }

    @Test("a text that would be read as an option doesn't run, unless -- or the workflow says it may")
    func dashes() async throws {
        let bare = await failure { try await run(try command(["echo", "{a}"]), #"{"a": "-n"}"#) }
        #expect(bare == "/a begins with a dash, and the program would read it as an option; it did not run")
        #expect(try await run(try command(["printf", "%s", "--", "{a}"]), #"{"a": "-n"}"#).content == "---n")
        let allowed = try command(["printf", "%s", "{a}"]) { $0.allowsLeadingDash = true }
        #expect(try await run(allowed, #"{"a": "-n"}"#).content == "-n")
        #expect(try await run(try command(["printf", "%s", "{a}"]), #"{"a": -3}"#).content == "-3")
    }

    @Test("the approved bytes of the arguments reach the standard input")
    func json() async throws {
        let arguments = #"{"a" : 1.0,  "b":"\u00e9"}"#
        let tool = try command(["cat"]) { $0.givesJSON = true }
        #expect(try await run(tool, arguments).content == arguments)
    }

    @Test(
        "a big input and a big output pass each other, and a program that doesn't read its input is no fault")
    func bigInput() async throws {
        let text = String(repeating: "0123456789", count: 100_000)
        let tool = try command(["cat"]) {
            $0.givesJSON = true
            $0.outputBytes = 10_000_000
        }
        #expect(try await run(tool, "\"\(text)\"").content == "\"\(text)\"")
        let deaf = try command(["true"]) { $0.givesJSON = true }
        #expect(
            try await run(deaf, "\"\(text)\"")
                == ToolOutput(callID: ToolCallID("call_1"), content: "[exit code 0]"))
    }

    @Test("exit code and standard error are in the result, and a code other than 0 is an error")
    func exitCode() async throws {
        let output = try await run(shell("echo out; echo bad >&2; exit 3"))
        #expect(output.isError)
        #expect(output.content == "out\n[standard error]\nbad\n[exit code 3]")
        #expect(try await run(shell("kill -9 $$")).content == "[ended by signal 9]")
        #expect(try await run(shell("echo fine")).content == "fine\n")
    }

    @Test("output is cut at its cap, and the result says so")
    func cap() async throws {
        let output = try await run(shell("printf 0123456789; printf abcdef >&2") { $0.outputBytes = 4 })
        #expect(
            output.content
                == "0123\n[cut: 4 of 10 bytes are shown]\n[standard error]\nabcd\n[cut: 4 of 6 bytes are shown]\n"
                + "[exit code 0]")
    }

    @Test("the environment is what was named, and the folder is the one given")
    func surroundings() async throws {
        let bare = shell("env | cut -d= -f1 | sort | tr '\\n' ' '") {
            $0.environment = EnvironmentList(["PATH", "A=b"])
        }
        #expect(try await run(bare).content == "A PATH PWD ")
        let own = ["CALLGATE_TEST_SECRET": "s3cret", "PATH": "/bin", "LANG": "C"]
        #expect(EnvironmentList.usual.environment(from: own) == ["PATH": "/bin", "LANG": "C"])
        #expect(try await run(shell("pwd") { $0.folder = "/" }).content == "/\n")
    }

    @Test("a script reads arguments from variables: nothing of them is ever part of the script")
    func shellArguments() async throws {
        let output = try await run(
            shell(#"printf '%s|' "$ARG_a" "$ARG_b_c" "$PATH""#) {
                $0.environment = EnvironmentList(["PATH=/bin"])
            },
            #"{"a": "'; echo \"$(id)", "b-c": 7, "PATH": "/evil"}"#)
        #expect(output.content == #"'; echo "$(id)|7|/bin|"#)
    }

    @Test("what cannot be started says what and why")
    func faults() async throws {
        #expect(
            await failure { try await run(try command(["no-such-program"])) }
                == "no-such-program cannot be run: no program of that name is on the search path")
        #expect(
            await failure { try await run(try command(["/etc/passwd"])) }
                == "/etc/passwd cannot be run: there is no executable file of that name")
        #expect(
            await failure { try await run(try command(["true"]) { $0.folder = "/no/such" }) }
                == "true cannot be run: there is no folder /no/such")
        #expect(
            await failure { try await run(try command(["echo", "{a}"]), #"{"a": "x\u0000y"}"#) }.contains(
                "NUL"))
    }
}

/// A named pipe: its reader sees the end only when every process that holds it for writing is gone.
private final class Fifo: Sendable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("callgate-\(UUID().uuidString)")
        .path

    init() throws { try #require(mkfifo(path, 0o600) == 0) }

    deinit { unlink(path) }

    /// Opens it and reads up to the first line's end; then hands back a reader of all the rest.
    func firstLine() async -> FileHandle? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                guard let handle = FileHandle(forReadingAtPath: self.path) else {
                    return continuation.resume(returning: nil)
                }
                while let byte = try? handle.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {}
                continuation.resume(returning: handle)
            }
        }
    }

    static func rest(_ handle: FileHandle) async -> Data {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: handle.readDataToEndOfFile()) }
        }
    }
}

@Suite struct ProcessGroupTests {
    @Test("a cancelled call's whole group is gone, also what ignores the request to end")
    func cancelled() async throws {
        let fifo = try Fifo()
        let tool = shell(
            "trap '' TERM; exec 3>\"$ARG_fifo\"; sleep 1000 & (sleep 1000 & wait) & echo ready >&3; wait")
        let task = Task { try await run(tool, #"{"fifo": "\#(fifo.path)"}"#) }
        let reader = try #require(await fifo.firstLine())
        task.cancel()
        #expect(await Fifo.rest(reader).isEmpty)
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("what a program leaves running ends with it")
    func leftBehind() async throws {
        let fifo = try Fifo()
        let tool = shell("exec 3>\"$ARG_fifo\"; sleep 1000 & echo ready >&3; echo done")
        async let output = run(tool, #"{"fifo": "\#(fifo.path)"}"#)
        let reader = try #require(await fifo.firstLine())
        #expect(await Fifo.rest(reader).isEmpty)
        #expect(try await output.content == "done\n")
    }

    @Test("a program that left the group and holds the output open doesn't hold the result back")
    func escaped() async throws {
        let fifo = try Fifo()
        let tool = shell(
            "setsid sh -c 'exec 3>\"$ARG_fifo\"; echo $$ >&3; exec sleep 1000' & read -r line <\"$ARG_go\"; echo done"
        )
        let go = try Fifo()
        async let output = run(tool, #"{"fifo": "\#(fifo.path)", "go": "\#(go.path)"}"#)
        let handle = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<String, any Error>) in
            DispatchQueue.global().async {
                guard let reader = FileHandle(forReadingAtPath: fifo.path) else {
                    return continuation.resume(throwing: ToolFailure("the pipe cannot be read"))
                }
                var line = ""
                while let byte = try? reader.read(upToCount: 1), byte != Data("\n".utf8), !byte.isEmpty {
                    line += String(decoding: byte, as: UTF8.self)
                }
                FileHandle(forWritingAtPath: go.path)?.write(Data("go\n".utf8))
                continuation.resume(returning: line)
            }
        }
        #expect(try await output.content == "done\n")
        if let pid = pid_t(handle.trimmingCharacters(in: .whitespacesAndNewlines)) { kill(pid, SIGKILL) }
    }
}
