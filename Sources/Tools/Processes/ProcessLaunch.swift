import Foundation
import JSON

/// What is needed to start a program: no shell looks at any of it.
public struct ProcessLaunch: Sendable, Hashable {
    /// The program: a name that the search path of this process finds, or a path.
    public var program: String
    /// Its arguments, without the program's own name.
    public var arguments: [String]
    /// The working folder; `nil` is this process's own.
    public var folder: String?
    /// The whole environment of the program.
    public var environment: [String: String]

    /// A launch of the given parts.
    public init(
        program: String, arguments: [String] = [], folder: String? = nil, environment: [String: String] = [:]
    ) {
        self.program = program
        self.arguments = arguments
        self.folder = folder
        self.environment = environment
    }

    /// The path that is started.
    ///
    /// A relative path with a slash is one of the current folder, not of `folder`, so that
    /// what runs doesn't depend on where it runs.
    /// - Throws: ``ProcessError`` when nothing there can be run.
    func executable() throws(ProcessError) -> String {
        let files = FileManager.default
        if program.holdsByte(of: "/") {
            let path =
                program.beginsBytewise(with: "/") ? program : files.currentDirectoryPath + "/" + program
            guard files.isExecutableFile(atPath: path) else {
                throw ProcessError("\(program) cannot be run: there is no executable file of that name")
            }
            return path
        }
        let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in search.splitAt(scalar: ":") where !folder.isEmpty {
            let path = "\(folder)/\(program)"
            var isFolder: ObjCBool = false
            if files.isExecutableFile(atPath: path), files.fileExists(atPath: path, isDirectory: &isFolder),
                !isFolder.boolValue
            {
                return path
            }
        }
        throw ProcessError("\(program) cannot be run: no program of that name is on the search path")
    }
}

/// The environment that a program is given: nothing of ours that was not named.
public struct EnvironmentList: Sendable, Hashable {
    /// What is passed on where a workflow says nothing: what programs need to find their files and speak a language.
    public static let usual = EnvironmentList([
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LC_ALL", "TZ", "TMPDIR",
    ])

    /// `NAME` passes a variable on, `NAME=value` sets one.
    public var entries: [String]

    /// A list of the given entries.
    public init(_ entries: [String]) { self.entries = entries }

    /// The variables that are passed on and whose names say that their values are secrets.
    func secrets(
        from own: [String: String] = ProcessInfo.processInfo.environment
    ) -> EnvironmentSecrets {
        var secrets = EnvironmentSecrets()
        for name in entries where EnvironmentSecrets.isTelling(name) {
            if let value = own[name] { secrets.insert(name, value) }
        }
        return secrets
    }

    /// The environment that the list makes of `own`.
    public func environment(
        from own: [String: String] = ProcessInfo.processInfo.environment
    ) -> [String: String] {
        var environment: [String: String] = [:]
        for entry in entries {
            if let equals = entry.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let value = entry.utf8[equals...].dropFirst()
                environment[String(decoding: entry.utf8[..<equals], as: UTF8.self)] = String(
                    decoding: value, as: UTF8.self)
            } else if let value = own[entry] {
                environment[entry] = value
            }
        }
        return environment
    }
}

/// Why a program could not be started or talked to.
public struct ProcessError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the program and what is wrong.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// How a program ended.
public enum ProcessEnd: Sendable, Hashable, CustomStringConvertible {
    /// It ended with that code.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)

    /// `exit code 3`, or `ended by signal 9`.
    public var description: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signalled(let signal): "ended by signal \(signal)"
        }
    }
}
