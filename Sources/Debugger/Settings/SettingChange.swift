import JSON
import Schema

/// One thing that can be set.
public struct SettingEntry: Sendable, Hashable {
    /// The keys that lead to it, joined by points; a word in capitals stands for any name.
    public let path: String
    /// What it is for, from the schema.
    public let about: String
}

extension Settings {
    /// Everything that can be set, in the order of the schema.
    public static let entries: [SettingEntry] = entries(of: schema, at: [], about: "")

    private static func entries(of schema: JSONValue, at path: [String], about: String) -> [SettingEntry] {
        let about = schema["description"]?.stringValue ?? about
        var found: [SettingEntry] = []
        if let properties = schema["properties"]?.objectValue, !properties.members.isEmpty {
            for member in properties {
                found += entries(of: member.value, at: path + [member.key], about: about)
            }
            return found
        }
        if let any = schema["additionalProperties"], any.objectValue != nil {
            return entries(of: any, at: path + ["NAME"], about: about)
        }
        return [SettingEntry(path: path.joined(separator: "."), about: about)]
    }

    /// The value at a path as it was set, as JSON; `nil` where nothing is set.
    public func value(at path: String) -> JSONValue? {
        path.split(separator: ".").reduce(Optional(document)) { $0?[String($1)] }
    }

    /// The settings with another value at a path.
    ///
    /// - Parameters:
    ///   - path: keys joined by points: `layout.columns`, `keys.approve`.
    ///   - text: the value, as JSON or as a word.
    /// - Throws: ``SettingFault`` for what cannot be set or cannot stand there.
    public func changing(_ path: String, to text: String) throws(SettingFault) -> Settings {
        let keys = path.split(separator: ".").map(String.init)
        guard !keys.isEmpty, Settings.isKnown(keys, in: Settings.schema) else {
            let names = Settings.entries.map(\.path)
            throw SettingFault("there is no setting '\(path)'" + nearest(to: path, in: names))
        }
        let value = (try? JSONParser.parse(text)) ?? .string(text)
        // A word that happens to be a number is a word where one is wanted.
        var last: SettingFault?
        for value in [value, .string(text)] {
            do throws(SettingFault) { return try with(value, at: keys) } catch { last = last ?? error }
        }
        throw last ?? SettingFault("'\(text)' cannot stand there", at: keys)
    }

    private func with(_ value: JSONValue, at keys: [String]) throws(SettingFault) -> Settings {
        let changed = Settings.setting(value, at: keys[...], in: document)
        if let violation = try? CompiledSchema(Settings.schema).validate(changed).first {
            throw SettingFault("\(violation.message)", at: violation.instancePointer.tokens)
        }
        return try Settings(changed)
    }

    private static func setting(_ value: JSONValue, at keys: ArraySlice<String>, in document: JSONValue)
        -> JSONValue
    {
        guard let key = keys.first else { return value }
        var object = document.objectValue ?? JSONObject()
        object[key] = setting(value, at: keys.dropFirst(), in: object[key] ?? [:])
        return .object(object)
    }

    /// Whether the schema has a place for the keys.
    private static func isKnown(_ keys: [String], in schema: JSONValue) -> Bool {
        var schema: JSONValue? = schema
        for key in keys {
            let any = schema?["additionalProperties"]
            let isOpen = any?.objectValue != nil
            schema = schema?["properties"]?[key] ?? (isOpen ? any : JSONValue?.none)
        }
        return schema != nil
    }
}
