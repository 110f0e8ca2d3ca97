extension String {
    /// The text with the five scalars that mean something to HTML and XML as references.
    public var escapedForMarkup: String {
        replacingScalars { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: nil
            }
        }
    }

    /// One line of text that Markdown (CommonMark with GitHub's additions) takes for no mark, no HTML and no link.
    public var escapedForMarkdown: String {
        var result = "".unicodeScalars
        let scalars = Array(unicodeScalars)
        let start = scalars.firstIndex { $0 != " " && $0 != "\t" } ?? scalars.endIndex
        // White space at the beginning makes a block of code, at the end a line break.
        let end = (scalars.lastIndex { $0 != " " && $0 != "\t" } ?? -1) + 1
        var isOrdinal = true
        for (index, scalar) in scalars.enumerated() {
            let isLead = index == start
            switch scalar {
            case " " where index < start || index >= end: result.append(contentsOf: "&#32;".unicodeScalars)
            case "\t": result.append(contentsOf: "&#9;".unicodeScalars)
            case "\\", "`", "*", "_", "[", "]", "<", ">", "#", "|", "&", "~", "!", "@":
                result.append("\\")
                result.append(scalar)
            case "-", "+", "=":
                if isLead { result.append("\\") }
                result.append(scalar)
            case ":", ".", ")":
                // `1.` begins a list, `://` and `www.` a link.
                let begins = isOrdinal && index > start && scalar != ":"
                let links = scalar == ":" && index + 1 < scalars.count && scalars[index + 1] == "/"
                if begins || links || scalar == "." && String(result).endsBytewise(with: "www") {
                    result.append("\\")
                }
                result.append(scalar)
            default: result.append(scalar)
            }
            if index >= start, !("0"..."9").contains(scalar) { isOrdinal = false }
        }
        return String(result)
    }
}
