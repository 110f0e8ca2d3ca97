import CNcurses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The terminal on standard input and output, painted through ncurses.
///
/// While it is open, what the program or a library writes to standard output or error is held back, and given back
/// (made safe) by ``close()``. Whatever ends the process gives the terminal back: ``close()``, `exit`, a fatal signal,
/// and a guarding process for all else.
@MainActor public final class CursesScreen: Screen {
    /// The cells that there are now.
    public private(set) var size: Size
    /// What the terminal can show.
    public let capabilities: Capabilities
    /// What the person should know about the set-up, in one line.
    public let warning: String?

    private let wake: Wake
    private let painter: Painter
    private let terminal = STDIN_FILENO
    private var shown: Canvas?
    private var shownCursor: Point?
    private var decoder = KeyDecoder()
    private var waiting: [ScreenEvent] = []
    private var isHungUp = false

    /// How long after Escape a key may come for both to be one sequence.
    private static let escapeDelay = Duration.milliseconds(40)

    /// Takes the terminal over.
    ///
    /// - Parameters:
    ///   - wake: The bell of the mailboxes that ``nextEvent(timeout:)`` shall hear.
    ///   - mouse: Whether mouse reports are wanted; without, the terminal's own selection works as usual.
    /// - Throws: ``TerminalError`` where there is no terminal, or none that can move its cursor.
    public init(wake: Wake, mouse: Bool = true) throws(TerminalError) {
        guard isatty(STDIN_FILENO) == 1 else { throw .notATerminal("standard input") }
        guard isatty(STDOUT_FILENO) == 1 else { throw .notATerminal("standard output") }
        guard !cn_is_open() else { throw .alreadyOpen }
        let isUnicode = cn_choose_locale()
        let promised = ColorDepth.promised(by: environmentVariable)
        let (opened, warning) = try CursesScreen.openTerminal(promised: promised, mouse: mouse)
        self.warning = warning
        let depth = min(promised, ColorDepth(colors: Int(opened.colors)))
        capabilities = Capabilities(depth: depth, unicode: isUnicode)
        painter = Painter(capabilities: capabilities) { Int(cn_width($0.value)) }
        self.wake = wake
        size = CursesScreen.terminalSize()
        cn_hold_output()
        cn_signals_install(wake.writer)
        cn_resize(Int32(size.width), Int32(size.height))
        cn_enter()
    }

    private static func openTerminal(
        promised: ColorDepth, mouse: Bool
    ) throws(TerminalError) -> (cn_capabilities, warning: String?) {
        var opened = cn_capabilities()
        let term = environmentVariable("TERM") ?? ""
        var warning: String?
        let isOpen: Bool
        if promised == .trueColor,
            cn_open(DirectColorTerminal.name, DirectColorTerminal.terminfo, mouse, &opened)
        {
            isOpen = true
        } else if !term.isEmpty, cn_open(term, nil, mouse, &opened) {
            isOpen = true
        } else {
            let shown = term.isEmpty ? "no TERM is set" : "TERM=\(SafeText(term).singleLine) is unknown here"
            warning = "\(shown): taken for xterm-256color"
            isOpen = cn_open("xterm-256color", nil, mouse, &opened)
        }
        guard isOpen else { throw .unusable(term: term) }
        guard opened.can_move_cursor else {
            cn_close()
            throw .unusable(term: term)
        }
        return (opened, warning)
    }

    private static func terminalSize() -> Size {
        var columns: Int32 = 0
        var rows: Int32 = 0
        guard cn_terminal_size(STDIN_FILENO, &columns, &rows) else { return Size(80, 24) }
        return Size(Int(columns), Int(rows))
    }

    /// Paints the rows that changed, and puts the cursor or hides it.
    public func draw(_ canvas: Canvas, cursor: Point?) {
        let next = canvas.resized(to: size)
        let cursor = cursor.flatMap { next.bounds.contains($0) ? $0 : nil }
        let before = shown?.size == size ? shown : nil
        var isChanged = before == nil || shownCursor != cursor
        for y in 0..<size.height {
            if let before, before.row(y) == next.row(y) { continue }
            isChanged = true
            for paint in painter.paints(for: next.row(y)) {
                cn_row_add(
                    paint.scalars, Int32(paint.scalars.count), UInt32(paint.attributes.rawValue),
                    paint.foreground,
                    paint.background)
            }
            cn_row_end(Int32(y))
        }
        if !isChanged { return }
        cn_show(Int32(cursor?.x ?? -1), Int32(cursor?.y ?? -1))
        shown = next
        shownCursor = cursor
    }

    /// Waits for the terminal, the bell and signals at once.
    public func nextEvent(timeout: Duration?) -> ScreenEvent? {
        let deadline = timeout.map { ContinuousClock.now + $0 }
        while true {
            takeSignals()
            if !waiting.isEmpty { return waiting.removeFirst() }
            if isHungUp { return .exit(.hangUp) }
            let left = deadline.map { $0 - .now }
            let limit =
                decoder.isWaiting ? min(left ?? CursesScreen.escapeDelay, CursesScreen.escapeDelay) : left
            let ready = cn_wait(terminal, wake.descriptor, limit.pollMilliseconds)
            if ready & CN_READY_INPUT != 0 {
                readInput()
            } else if ready & CN_HUNG_UP != 0 {
                isHungUp = true
            } else if ready == 0 && decoder.isWaiting {
                waiting += decoder.flush()
            } else if ready == 0 {
                return nil
            }
            if ready & CN_READY_WAKE != 0 {
                wake.silence()
                waiting.append(.wake)
            }
        }
    }

    private func readInput() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { read(terminal, $0.baseAddress, $0.count) }
        if count > 0 {
            waiting += decoder.feed(bytes[..<count])
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            isHungUp = true
        }
    }

    private func takeSignals() {
        var number = cn_signals_take()
        while number != 0 {
            switch number {
            case SIGWINCH: resize()
            case SIGTSTP: suspend()
            case SIGCONT: enter()
            default: waiting.append(.exit(.signal(number)))
            }
            number = cn_signals_take()
        }
    }

    private func resize() {
        let now = CursesScreen.terminalSize()
        guard now != size else { return }
        cn_resize(Int32(now.width), Int32(now.height))
        shown = nil
        size = now
        waiting.removeAll { if case .resize = $0 { true } else { false } }
        waiting.append(.resize(now))
    }

    /// Takes the terminal again; ncurses still knows what was on it and paints it.
    private func enter() {
        cn_enter()
        resize()
    }

    /// Stops the whole job, as Control-Z in a shell does, and repaints when it is continued.
    public func suspend() {
        cn_leave()
        cn_signals_stop()
        enter()
    }

    /// Gives the terminal to the person's editor and takes it back.
    public func editText(_ initial: String, suffix: String) throws(EditorError) -> String {
        let editor = try Editor(variable: environmentVariable) { access($0, X_OK) == 0 }
        cn_leave()
        defer { enter() }
        return try editor.edit(
            initial, suffix: suffix, temporaryFolder: environmentVariable("TMPDIR") ?? "/tmp")
    }

    /// Gives the terminal back, and then what was held back meanwhile.
    public func close() {
        guard cn_is_open() else { return }
        cn_close()
        cn_signals_remove()
        var output: Int32 = -1
        var error: Int32 = -1
        cn_release_output(&output, &error)
        CursesScreen.giveBack(output, to: STDOUT_FILENO)
        CursesScreen.giveBack(error, to: STDERR_FILENO)
    }

    /// Writes what was held, with stand-ins for what a library or a tool should not tell the terminal.
    private static func giveBack(_ held: Int32, to descriptor: Int32) {
        guard held >= 0 else { return }
        lseek(held, 0, SEEK_SET)
        let text = SafeText(bytes: readAll(held)).plain
        closeDescriptor(held)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { unistdWrite(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }
}
