import ArgumentParser
import Debugger
import Foundation
import JSON

/// `callgate config …`: the file of settings.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Look at and change the settings: keys, theme, layout, defaults.",
        discussion: """
            Examples:
              callgate config list
              callgate config set theme light
              callgate config set keys.approve f5
              callgate config set layout.columns 60
            """,
        subcommands: [List.self, Get.self, Set.self, Check.self, Path.self, Schema.self],
        defaultSubcommand: List.self)

    /// `callgate config list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List everything that can be set, with what is set.")

        func run() throws {
            let settings = try SettingsFile.load()?.settings ?? .standard
            for entry in Settings.entries where !entry.path.hasPrefix("themes.NAME.colours.") {
                let value = settings.value(at: entry.path)
                print("\(entry.path)\(value.map { " = \($0.text())" } ?? "")")
                if !entry.path.hasPrefix("colours.") { print("    \(entry.about)") }
            }
        }
    }

    /// `callgate config get NAME`.
    struct Get: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print one setting as JSON.")

        @Argument(help: "The setting, for example layout.columns.")
        var name: String

        func run() throws {
            let settings = try SettingsFile.load()?.settings ?? .standard
            guard let value = settings.value(at: name) else {
                throw Failure(.failed, "\(name) is not set; 'callgate config list' says what can be")
            }
            print(value.text(.spaced))
        }
    }

    /// `callgate config set NAME VALUE`.
    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a setting into the file; comments and all else stay.")

        @Argument(help: "The setting, for example theme or keys.approve.")
        var name: String

        @Argument(help: "The value: a word, or JSON.")
        var value: String

        func run() throws {
            try SettingsFile.set(name, to: value)
            print("\(name) is \(value) in \(SettingsFile.path)")
        }
    }

    /// `callgate config check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether the file can be used, and where it cannot.")

        func run() throws {
            print(
                try SettingsFile.load() == nil
                    ? "\(SettingsFile.path) is not there: the standard settings are used"
                    : "\(SettingsFile.path) can be used")
        }
    }

    /// `callgate config path`.
    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print where the file is.")

        func run() { print(SettingsFile.path) }
    }

    /// `callgate config schema`.
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the file's JSON Schema, by which editors complete and check it.")

        func run() { print(Settings.schema.text(.pretty)) }
    }
}
