import CNcurses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The person's editor, and the file that passes a text to it and back.
struct Editor {
    /// What a shell runs; it may have arguments.
    let command: String

    /// The editor that is named by EDITOR, else by VISUAL, else the first of vi and nano that is there.
    init(variable: (String) -> String?, isExecutable: (String) -> Bool) throws(EditorError) {
        let isBlank = { (text: String) in text.allSatisfy(\.isWhitespace) }
        for name in ["EDITOR", "VISUAL"] {
            if let command = variable(name), !isBlank(command) {
                self.command = command
                return
            }
        }
        let folders = (variable("PATH") ?? "/usr/bin:/bin").split(separator: ":")
        for name in ["vi", "nano"] where folders.contains(where: { isExecutable("\($0)/\(name)") }) {
            command = name
            return
        }
        throw .none
    }

    /// Lets the person edit a text; the terminal must have been given back.
    ///
    /// Editors end the last line with a newline of their own: where the text had none, it is taken off again.
    func edit(_ initial: String, suffix: String, temporaryFolder: String) throws(EditorError) -> String {
        let file = try TemporaryFile(folder: temporaryFolder, suffix: suffix)
        defer { file.remove() }
        try file.write(Array(initial.utf8))
        try run(on: file.path)
        var bytes = try file.read()
        if bytes.last == 0x0A && initial.utf8.last != 0x0A { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .file(path: file.path, message: "what was saved is not UTF-8: nothing was changed")
        }
        return text
    }

    /// Runs the command through the shell, which splits its arguments, with the path as the last one.
    private func run(on path: String) throws(EditorError) {
        let words = ["/bin/sh", "-c", "\(command) \"$@\"", "sh", path]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        defer { arguments.forEach { free($0) } }
        arguments.append(nil)
        let status = cn_run(arguments)
        let shown = SafeText(command).singleLine
        guard status >= 0 else {
            throw .cannotStart(command: shown, message: String(cString: strerror(errno)))
        }
        let signal = status & 0x7F
        let code = signal == 0 ? status >> 8 & 0xFF : 128 + signal
        switch code {
        case 0: return
        case 126: throw .cannotStart(command: shown, message: "it is not executable")
        case 127: throw .cannotStart(command: shown, message: "it is not there")
        default: throw .failed(command: shown, status: code)
        }
    }
}

/// A file that only its owner may read, in a folder of its own, since editors leave others beside it.
private struct TemporaryFile {
    let path: String
    private let folder: String

    init(folder: String, suffix: String) throws(EditorError) {
        var template = Array("\(folder)/callgate-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TemporaryFile.failure("\(folder)/callgate-XXXXXX") }
        self.folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = self.folder + "/edit" + suffix.filter { $0 != "/" }
    }

    func write(_ bytes: [UInt8]) throws(EditorError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TemporaryFile.failure(path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { unistdWrite(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                close(descriptor)
                throw TemporaryFile.failure(path)
            }
            rest = rest.dropFirst(count)
        }
        guard close(descriptor) == 0 else { throw TemporaryFile.failure(path) }
    }

    func read() throws(EditorError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TemporaryFile.failure(path) }
        defer { close(descriptor) }
        return readAll(descriptor)
    }

    func remove() {
        unlink(path)
        rmdir(folder)
    }

    private static func failure(_ path: String) -> EditorError {
        .file(path: path, message: String(cString: strerror(errno)))
    }
}
