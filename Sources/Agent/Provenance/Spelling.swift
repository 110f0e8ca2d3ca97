/// English words for small numbers.
enum NumberWord {
    private static let words = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ]

    /// The word for `number`, when it has one here.
    static func word(for number: Int) -> String? { words.indices.contains(number) ? words[number] : nil }
}

/// Ways in which people write the dates that arguments carry in ISO 8601.
enum DateSpelling {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November",
        "December",
    ]

    /// Other spellings of `text`, when it is a date such as `2026-03-09`.
    static func variants(of text: String) -> [String] {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month)
        else { return [] }
        let name = months[month - 1]
        let short = String(name.prefix(3))
        return [name, short].flatMap { month in
            [
                "\(day) \(month) \(year)", "\(month) \(day), \(year)", "\(month) \(day) \(year)",
                "\(day) \(month)",
                "\(month) \(day)", "\(day). \(month)", "\(month) \(day)th", "\(month) \(day)st",
                "\(month) \(day)nd",
                "\(month) \(day)rd",
            ]
        } + [
            "\(day)/\(month)/\(year)", "\(month)/\(day)/\(year)", "\(parts[2])/\(parts[1])/\(year)",
            "\(parts[1])/\(parts[2])/\(year)", "\(parts[2]).\(parts[1]).\(year)", "\(day).\(month).\(year)",
            "\(year)/\(parts[1])/\(parts[2])",
        ]
    }
}
