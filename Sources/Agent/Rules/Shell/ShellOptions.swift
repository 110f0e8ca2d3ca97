/// What a word says as an option of the programs that run others.
extension ShellWord {
    /// `env -S`, alone, among other letters or in full.
    var splitsItsValue: Bool {
        begins(with: "--s") || begins(with: "-") && !begins(with: "--") && bytes.contains(UInt8(ascii: "S"))
    }

    /// `sudo -s`, `sudo -i`, alone, among other letters or in full.
    var opensShell: Bool {
        begins(with: "--s") || begins(with: "--l")
            || !begins(with: "--") && bytes.contains { "si".utf8.contains($0) }
    }

    /// `-c`, alone or after letters that take no value.
    var isScriptFlag: Bool {
        bytes.first == UInt8(ascii: "-") && bytes.last == UInt8(ascii: "c") && bytes.count > 1
            && bytes.dropFirst().dropLast().allSatisfy { "aefhlnuvxi".utf8.contains($0) }
    }

    /// What a word may hold for a value: `--prog=touch`, `-qctouch`, `ProxyCommand=touch`, `!touch`.
    var optionValues: [ShellWord] {
        var values: [ArraySlice<UInt8>] = []
        if let sign = bytes.firstIndex(of: UInt8(ascii: "=")) { values.append(bytes[(sign + 1)...]) }
        if begins(with: "-"), !begins(with: "--") {
            let letters = bytes.dropFirst().prefix { $0.isShellNamePart }.prefix(ShellWord.mostLetters)
            values += letters.indices.map { bytes[($0 + 1)...] }
        }
        if let blank = bytes.firstIndex(of: 0x20) { values.append(bytes[(blank + 1)...]) }
        values += ([bytes[...]] + values).filter { $0.first == UInt8(ascii: "!") }.map { $0.dropFirst() }
        return values.filter { !$0.isEmpty }.map { ShellWord(offset: offset, Array($0)) }
    }

    /// Letters of options in one word, after each of which a value may stand.
    private static let mostLetters = 6

    /// Whether a shell would see more than one word in it.
    var holdsCommands: Bool { bytes.contains { $0.endsShellWord || "`$".utf8.contains($0) } }
}
