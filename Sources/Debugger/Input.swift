import Agent
import Sessions
import Terminal

/// What reaches the debugger from outside.
public enum Input: Sendable {
    /// A key was pressed.
    case key(Key)
    /// Text was pasted; outside of a text field it does nothing.
    case paste(String)
    /// The mouse did something.
    case mouse(Mouse)
    /// The terminal has another size.
    case resize(Size)
    /// The run has stored these events, in order.
    case events([Event])
    /// These events of a recorded session have been read, in order.
    case read(IndexedJournal.Piece)
    /// Where the values of a call came from has been found.
    case traced(CallTrace)
    /// The run does something else now.
    case status(RunStatus)
    /// The run did not take a command; one line says why.
    case refused(String)
    /// The session that was asked for, to be compared with this one.
    case compared(path: String, [Event])
    /// What a rule that was tried would have done.
    case ruleTried(RuleReport)
    /// A fork has been written; whether it can be gone on with from here.
    case forked(path: String, step: Int, canGoOn: Bool)
    /// Something that the person should know, in one line.
    case notice(String)
    /// An MCP server has done something.
    case server(ServerNews)
    /// The person has left their editor with this text.
    case edited(String, EditorPurpose)
    /// The person's editor could not be used; the text that it was given comes back, so that none is lost.
    case editorFailed(String, text: String, EditorPurpose)
    /// Nothing but time has passed.
    case tick

    /// Whether a person did it just now.
    var isOfPerson: Bool {
        switch self {
        case .key, .paste, .mouse: true
        default: false
        }
    }
}

/// What a text in the person's editor is for.
public enum EditorPurpose: Sendable, Hashable {
    /// The arguments of a call that waits, as it was shown.
    case arguments(CallKey, ToolCall)
    /// What the model shall read in the place of a tool's result.
    case response(CallKey, ToolCall)
    /// What the model shall read as a result.
    case result(CallKey)
    /// What is other in a fork.
    case fork(ForkSubject)
}

/// What the debugger asks the program to do: its only way to the world.
public enum DebuggerEffect: Sendable, Hashable {
    /// Let the run go on to the next checkpoint of that kind.
    case step(Granularity)
    /// Let the run go on until a call waits or it ends.
    case resume
    /// Hold the run at the next checkpoint.
    case pause
    /// Hold the run wherever one of these matches, and nowhere else.
    case setBreakpoints([Filter])
    /// Send a command to the run.
    case send(RunCommand)
    /// Store a mark with a note in the journal.
    case mark(String)
    /// Let the person change a text in their editor; the answer is ``Input/edited(_:_:)``.
    case openEditor(text: String, suffix: String, EditorPurpose)
    /// Write the session to a file of that path, without replacing one; say how it went by a notice.
    case save(path: String)
    /// Read a journal, to be compared with the session; the answer is ``Input/compared(path:_:)`` or a notice.
    case compare(path: String)
    /// Tell the server that asked the question of that number what the person answered.
    case answer(Int, ServerAnswer)
    /// Start an MCP server again; say how it went by ``Input/server(_:)`` or a refusal.
    case restart(server: String)
    /// Write a new journal that begins as this session did; the answer is ``Input/forked(path:step:canGoOn:)`` or a
    /// notice.
    case fork(ForkOrder)
    /// Leave this session and go on with that journal.
    case goOn(path: String)
    /// Say what a rule would do in the saved sessions and to the workflow file, that one or the run's own; the answer
    /// is ``Input/ruleTried(_:)`` or a notice.
    case tryRule(Rule, file: String?)
    /// Write that text into the workflow file, where one is named, and let the rule hold in the run and decide those
    /// calls that wait; say how it went by a notice.
    case adoptRule(Rule, file: String?, text: String, deciding: [CallKey: ToolCall])
    /// Find where the values of a call came from, off the main thread; the answer is ``Input/traced(_:)``.
    case trace(TraceRequest)
    /// Remember that the person has been shown the hint of that name.
    case hintShown(String)
    /// Stop the program as the shell's job control does.
    case suspend
    /// Paint the whole screen anew.
    case redraw
    /// End the program.
    case quit
}
