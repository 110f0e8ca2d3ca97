import Debugger
import Foundation
import JSON
import Synchronization
import Workflows

/// The file of settings of the person who runs the program.
enum SettingsFile {
    /// The file: `$CALLGATE_CONFIG`, else `callgate/config.yaml` in `$XDG_CONFIG_HOME` or `~/.config`
    /// (XDG Base Directory Specification).
    static var path: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["CALLGATE_CONFIG"], !path.isEmpty { return path }
        return folder("XDG_CONFIG_HOME", ".config") + "/config.yaml"
    }

    /// Where the program keeps what it remembers of a person: which hints were shown.
    static var stateFolder: String { folder("XDG_STATE_HOME", ".local/state") }

    private static func folder(_ variable: String, _ usual: String) -> String {
        let environment = ProcessInfo.processInfo.environment
        // The specification has relative paths ignored.
        if let folder = environment[variable], folder.hasPrefix("/") { return folder + "/callgate" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/\(usual)/callgate"
    }

    private static let read = Mutex<Settings?>(nil)

    /// The settings of the file; the standard ones, and a line on standard error, where it cannot be used.
    static var current: Settings {
        read.withLock { known in
            if let known { return known }
            var settings = Settings.standard
            do { settings = try load()?.settings ?? settings } catch {
                Notice.print("\((error as? Failure)?.message ?? "\(error)"); the standard settings are used")
            }
            known = settings
            return settings
        }
    }

    /// The file as it stands; `nil` where there is none.
    ///
    /// - Throws: ``Failure`` naming the file, the line and the column of the first fault.
    static func load() throws -> (document: CheckedDocument, settings: Settings)? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = try failing(.usage) { try BoundedFile.text(path) }
        return try failing(.usage) {
            let document = try CheckedDocument(
                text, file: path, schema: Settings.schema, name: "the settings")
            do throws(SettingFault) {
                return (document, try Settings(document.value))
            } catch {
                throw document.fault(error.message, at: error.place)
            }
        }
    }

    /// Writes another value into the file; the rest of it stays as it is written.
    ///
    /// - Throws: ``Failure`` for what cannot be set, and a file that cannot be changed.
    static func set(_ name: String, to text: String) throws {
        let loaded = try load()
        let changed = try failing(.usage) {
            try (loaded?.settings ?? .standard).changing(name, to: text)
        }
        guard let value = changed.value(at: name) else {
            throw Failure(.usage, "there is no setting '\(name)'")
        }
        let empty = try failing(.usage) {
            try CheckedDocument(SettingsFile.head, file: path, schema: Settings.schema, name: "the settings")
        }
        let keys = name.split(separator: ".").map(String.init)
        guard let written = (loaded?.document ?? empty).text(setting: value, at: keys) else {
            throw Failure(
                .usage, "\(path) is written in a way that no line can be put into; set \(name) there by hand")
        }
        do {
            let url = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(written.utf8).write(to: url, options: .atomic)
        } catch {
            throw Failure(.usage, "\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    private static let head = """
        # Settings of callgate; 'callgate config list' says what there is.

        """
}
