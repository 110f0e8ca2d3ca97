import Agent
import JSON

/// How a command tool is run.
public struct CommandSettings: Sendable, Hashable {
    /// What is run.
    public enum Body: Sendable, Hashable {
        /// A program and its arguments: each inner list is left out whole where it names an absent argument.
        case program([[ArgumentTemplate]])
        /// A script for `/bin/sh`, which reads each argument of the call from the variable `ARG_` and its name.
        case shell(String)
    }

    /// What is run.
    public var body: Body
    /// Whether the arguments go to the standard input as the JSON text that was approved.
    public var givesJSON: Bool
    /// Whether a text that fills an element by itself may begin with a dash where no `--` stands before it.
    public var allowsLeadingDash: Bool
    /// The working folder.
    public var folder: String?
    /// The environment.
    public var environment: EnvironmentList
    /// The seconds after which it is given up; `nil` is the run's own limit.
    public var seconds: Int?
    /// The most bytes kept of each of its outputs.
    public var outputBytes: Int

    /// Settings of the given values.
    public init(
        body: Body, givesJSON: Bool = false, allowsLeadingDash: Bool = false, folder: String? = nil,
        environment: EnvironmentList = .usual, seconds: Int? = nil, outputBytes: Int = 65_536
    ) {
        self.body = body
        self.givesJSON = givesJSON
        self.allowsLeadingDash = allowsLeadingDash
        self.folder = folder
        self.environment = environment
        self.seconds = seconds
        self.outputBytes = outputBytes
    }

    /// What runs, in a word for a list of tools.
    public var programName: String {
        guard case .program(let groups) = body, case .text(let name)? = groups.first?.first?.pieces.first
        else {
            return "sh"
        }
        return name
    }

    /// The shell among the words of the command, which reads what an argument brings; `nil` where there is none.
    public var shell: String? {
        guard case .program(let groups) = body else { return "sh" }
        let names = groups.joined().compactMap { template -> String? in
            guard case .text(let word)? = template.pieces.first, template.pieces.count == 1 else {
                return nil
            }
            return word.splitAt(scalar: "/").last
        }
        return names.first { ShellNames.isShell($0) }
    }

    /// What to start for a call with those arguments.
    /// - Throws: `ToolFailure` in words for the model.
    func launch(_ arguments: JSONValue) throws -> ProcessLaunch {
        var environment = environment.environment()
        switch body {
        case .shell(let script):
            for member in arguments.objectValue ?? JSONObject() where member.value != .null {
                let name = member.key.unicodeScalars.map {
                    $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
                        ? String($0) : "_"
                }
                let value = member.value.plainText
                guard !value.utf8.contains(0) else { throw CommandSettings.holdsNUL(member.key) }
                environment["ARG_" + name.joined()] = value
            }
            return ProcessLaunch(
                program: "/bin/sh", arguments: ["-c", script], folder: folder, environment: environment)
        case .program(let groups):
            var words = try words(groups, arguments)
            guard !words.isEmpty else { throw ToolFailure("the command has no program to run") }
            let program = words.removeFirst()
            return ProcessLaunch(
                program: program, arguments: words, folder: folder, environment: environment)
        }
    }

    private func words(_ groups: [[ArgumentTemplate]], _ arguments: JSONValue) throws -> [String] {
        var words: [String] = []
        var optionsEnded = allowsLeadingDash
        for group in groups {
            var made: [String] = []
            var isWhole = true
            for template in group {
                guard let more = try CommandSettings.words(template, arguments, optionsEnded) else {
                    isWhole = false
                    break
                }
                made += more
            }
            guard isWhole else { continue }
            words += made
            if group.contains(where: { $0.pieces == [.text("--")] }) { optionsEnded = true }
        }
        return words
    }

    /// The words of one element; an array that fills it by itself gives one for each of its elements.
    private static func words(
        _ template: ArgumentTemplate, _ arguments: JSONValue, _ allowsDash: Bool
    ) throws -> [String]? {
        guard let pointer = template.whole else {
            return template.text(arguments).map { [$0] }
        }
        guard let value = arguments[pointer], value != .null else { return nil }
        return try (value.arrayValue ?? [value]).map { element in
            let text = element.plainText
            guard !text.utf8.contains(0) else { throw holdsNUL(pointer.description) }
            if !allowsDash, element.stringValue != nil, text.utf8.first == UInt8(ascii: "-") {
                throw ToolFailure(
                    "\(pointer) begins with a dash, and the program would read it as an option; it did not run"
                )
            }
            return text
        }
    }

    private static func holdsNUL(_ name: String) -> ToolFailure {
        ToolFailure("\(name) holds a NUL character, which no program can be given; it did not run")
    }
}
