import Terminal

extension Style {
    /// A look as it is written in a file of settings: `cyan bold`, `#ff8800 on black`, `208 underline`, `plain`.
    ///
    /// - Throws: ``SettingFault`` naming the word that is no colour and no attribute.
    init(look text: String) throws(SettingFault) {
        self.init()
        var isBackground = false
        for word in text.split(separator: " ").map(String.init) {
            switch word {
            case "plain": break
            case "on": isBackground = true
            default:
                if let attribute = Style.attributeNames.first(where: { $0.0 == word })?.1 {
                    attributes.insert(attribute)
                } else if let color = Color(look: word) {
                    if isBackground { background = color } else { foreground = color }
                    isBackground = false
                } else {
                    let names = Style.attributeNames.map(\.0) + Color.Basic.names
                    throw SettingFault(
                        "'\(word)' is no colour (\(Color.Basic.names.joined(separator: ", ")), default, 0 to 255, "
                            + "#rrggbb) and no attribute (\(Style.attributeNames.map(\.0).joined(separator: ", ")))"
                            + nearest(to: word, in: names))
                }
            }
        }
        if isBackground { throw SettingFault("a colour must follow 'on'") }
    }

    private static let attributeNames: [(String, Attributes)] = [
        ("bold", .bold), ("dim", .dim), ("italic", .italic), ("underline", .underline), ("reverse", .reverse),
    ]
}

extension Color {
    fileprivate init?(look word: String) {
        if word == "default" {
            self = .default
        } else if let index = Basic.names.firstIndex(of: word), let basic = Basic(rawValue: UInt8(index)) {
            self = .basic(basic)
        } else if let index = UInt8(word) {
            self = .palette(index)
        } else if word.hasPrefix("#"), word.utf8.count == 7, let number = UInt32(word.dropFirst(), radix: 16)
        {
            self = .rgb(UInt8(number >> 16), UInt8(number >> 8 & 255), UInt8(number & 255))
        } else {
            return nil
        }
    }
}

extension Color.Basic {
    /// The names in a file of settings, in the order of their numbers.
    static let names = allCases.map { "\($0)" }
}
