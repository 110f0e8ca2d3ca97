import JSON
import Terminal

/// What a person has chosen: keys, colours, layout, defaults.
///
/// A value without a file; where a file is wrong the program goes on with the standard settings.
public struct Settings: Sendable, Hashable {
    /// Other keys for commands, by the commands' names; several keys where several lead to it.
    var keys: [String: [String]] = [:]
    /// The theme, with the changes of single colours in it.
    var palette = Palette.dark
    /// All themes there are.
    var palettes = Palette.standard
    /// How the panes share the screen.
    var layout = LayoutSettings()
    /// Whether hints for newcomers are shown.
    public var hints = true
    /// Whether mouse reports are wanted; without, the terminal's own selection works as usual.
    public var mouse = true
    /// What is used where the command line names nothing else.
    public var defaults = DefaultSettings()
    /// What models cost, by their names.
    var prices: [String: Price] = [:]
    /// What they were read from.
    public private(set) var document: JSONValue = [:]

    /// The settings as they come.
    public static let standard = Settings()

    /// What tokens of a model cost.
    struct Price: Sendable, Hashable {
        /// For a million tokens that it reads, in ``currency``.
        let input: Double
        /// For a million tokens that it writes.
        let output: Double
        let currency: String
    }

    init() {}

    /// Settings from a document of the shape of ``schema``.
    ///
    /// - Throws: ``SettingFault`` with the place in the document of what cannot be used.
    public init(_ document: JSONValue) throws(SettingFault) {
        self.document = document
        for (name, value) in document["keys"]?.members ?? [] {
            keys[name] = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
        }
        try readThemes(document)
        if let value = document["layout"] { layout = LayoutSettings(value) }
        hints = document["hints"]?.boolValue ?? true
        mouse = document["mouse"]?.boolValue ?? true
        defaults = DefaultSettings(document["defaults"] ?? [:])
        for (name, value) in document["prices"]?.members ?? [] {
            prices[name] = Price(
                input: value["input"]?.numberValue?.doubleValue ?? 0,
                output: value["output"]?.numberValue?.doubleValue ?? 0,
                currency: value["currency"]?.stringValue ?? "USD")
        }
        do throws(KeyBindingError) {
            _ = try CommandTable.standard.binding(keys)
        } catch {
            throw SettingFault(error.description, at: ["keys"] + [error.command].compactMap { $0 })
        }
    }

    private mutating func readThemes(_ document: JSONValue) throws(SettingFault) {
        for (name, value) in document["themes"]?.members ?? [] {
            let base = try palette(
                named: value["base"]?.stringValue ?? "dark", at: ["themes", name, "base"])
            let looks = try Settings.looks(value["colours"], at: ["themes", name, "colours"])
            palettes.removeAll { $0.name == name }
            palettes.append(base.with(looks, named: name))
        }
        palette = try palette(named: document["theme"]?.stringValue ?? "dark", at: ["theme"])
        palette = palette.with(try Settings.looks(document["colours"], at: ["colours"]))
    }

    private func palette(named name: String, at place: [String]) throws(SettingFault) -> Palette {
        guard let palette = palettes.first(where: { $0.name == name }) else {
            let names = palettes.map(\.name)
            throw SettingFault(
                "there is no theme '\(name)'; there are \(names.joined(separator: ", "))"
                    + nearest(to: name, in: names), at: place)
        }
        return palette
    }

    private static func looks(
        _ value: JSONValue?, at place: [String]
    ) throws(SettingFault) -> [Role: Style] {
        var looks: [Role: Style] = [:]
        for (name, look) in value?.members ?? [] {
            guard let role = Role.allCases.first(where: { $0.name == name }) else {
                throw SettingFault(
                    "nothing that has a colour is named \(name)"
                        + nearest(to: name, in: Role.allCases.map(\.name)), at: place + [name])
            }
            do throws(SettingFault) {
                looks[role] = try Style(look: look.stringValue ?? "")
            } catch {
                throw SettingFault(error.message, at: place + [name])
            }
        }
        return looks
    }
}

/// How the panes share the screen.
struct LayoutSettings: Sendable, Hashable {
    /// The share of the left panes, in percent.
    var columns = 50
    /// The share of the upper panes, in percent.
    var rows = 50
    /// The measures from which on all four panes are shown in full.
    var grid = Size(100, 28)

    init() {}

    init(_ value: JSONValue) {
        columns = value["columns"]?.intValue ?? columns
        rows = value["rows"]?.intValue ?? rows
        grid = value["grid"]?.stringValue.flatMap { Size($0) } ?? grid
    }
}

/// What is used where the command line names nothing else.
public struct DefaultSettings: Sendable, Hashable {
    /// The workflow of `callgate run`.
    public let workflow: String?
    /// The folder of the journals.
    public let sessions: String

    init(_ value: JSONValue = [:]) {
        workflow = value["workflow"]?.stringValue
        sessions = value["sessions"]?.stringValue ?? "sessions"
    }
}

/// A setting that cannot be used.
public struct SettingFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, and what to write instead.
    public let message: String
    /// The keys that lead to it in the document.
    public let place: [String]

    init(_ message: String, at place: [String] = []) {
        self.message = message
        self.place = place
    }

    /// One line.
    public var description: String { (place.isEmpty ? "" : place.joined(separator: ".") + ": ") + message }
}

extension JSONValue {
    /// An object's members as pairs; none of anything else.
    fileprivate var members: [(String, JSONValue)] { objectValue?.map { ($0.key, $0.value) } ?? [] }
}
