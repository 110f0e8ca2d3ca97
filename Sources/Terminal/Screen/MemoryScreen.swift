import CNcurses

/// A screen in memory, fed with a script of events: for tests and for rendering without a terminal.
@MainActor public final class MemoryScreen: Screen {
    /// The cells that there are now; a resize event in the script changes them.
    public private(set) var size: Size
    /// What the screen claims to show.
    public let capabilities: Capabilities
    /// What was drawn last, cut or padded to the screen's size.
    public private(set) var canvas: Canvas
    /// Where the cursor was put last.
    public private(set) var cursor: Point?
    /// How often something was drawn.
    public private(set) var drawCount = 0
    /// How often the program was stopped for the shell.
    public private(set) var suspendCount = 0
    /// Whether the program gave the screen back.
    public private(set) var isClosed = false
    /// What the editor makes of a text and its file's suffix; it gives the text back unchanged at first.
    public var editor: @MainActor (String, String) throws(EditorError) -> String = { text, _ in text }
    /// How long the script looks on for one text before it counts as stuck.
    public var patience = Duration.seconds(60)

    private let wake: Wake
    private var steps: ArraySlice<Script.Step>
    private let endsWithScript: Bool
    private var awaitingSince: ContinuousClock.Instant?

    /// A screen of a size with a script to play.
    ///
    /// - Parameter endsWithScript: Whether the screen asks the program to end once the script is over; otherwise it
    ///   then waits for the bell alone.
    public init(
        _ size: Size, script: Script = Script(), wake: Wake,
        capabilities: Capabilities = Capabilities(depth: .trueColor, unicode: true),
        endsWithScript: Bool = true
    ) {
        self.size = size
        self.wake = wake
        self.capabilities = capabilities
        self.endsWithScript = endsWithScript
        steps = script.steps[...]
        canvas = Canvas(size)
    }

    /// Adds to the script.
    public func send(_ script: Script) { steps += script.steps }

    /// Keeps the canvas and the cursor.
    public func draw(_ canvas: Canvas, cursor: Point?) {
        self.canvas = canvas.resized(to: size)
        self.cursor = cursor
        drawCount += 1
    }

    /// The bell first, then the script, then the end or a wait for the bell.
    public func nextEvent(timeout: Duration?) -> ScreenEvent? {
        if wake.silence() { return .wake }
        while let step = steps.first {
            switch step {
            case .event(let event):
                steps.removeFirst()
                if case .resize(let size) = event { self.size = size }
                return event
            case .await(let text):
                if canvas.lines.contains(where: { $0.contains(text) }) {
                    steps.removeFirst()
                    awaitingSince = nil
                    continue
                }
                let since = awaitingSince ?? .now
                awaitingSince = since
                let left = patience - (.now - since)
                if left <= .zero { return .exit(.stuckScript(awaiting: text)) }
                return waitForBell(min(timeout ?? left, left))
            }
        }
        return endsWithScript ? .exit(.endOfScript) : waitForBell(timeout)
    }

    /// Only counts.
    public func suspend() { suspendCount += 1 }

    /// Asks ``editor``.
    public func editText(_ initial: String, suffix: String) throws(EditorError) -> String {
        try editor(initial, suffix)
    }

    /// Only notes it.
    public func close() { isClosed = true }

    private func waitForBell(_ timeout: Duration?) -> ScreenEvent? {
        _ = cn_wait(-1, wake.descriptor, timeout.pollMilliseconds)
        return wake.silence() ? .wake : nil
    }
}
