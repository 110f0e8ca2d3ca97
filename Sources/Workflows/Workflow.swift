import Agent

/// What a workflow file says: the model, its tools and the rules of the run.
///
/// A description only; nothing is opened or started. Paths are as the working folder sees them: those in the file
/// that are relative were taken relative to the file's folder.
public struct Workflow: Sendable, Hashable {
    /// The name shown to the person and used for the journal's file.
    public var name: String
    /// The model.
    public var model: ModelSource
    /// Where the tools come from, in the order of the catalogue.
    public var tools: [ToolSource]
    /// The rules at the gate.
    public var policy: Policy
    /// On whose behalf the tools are called.
    public var principal: String?
    /// The bounds of a run.
    public var limits: Limits
    /// How tokens are chosen.
    public var sampling: SamplingSettings
    /// The system prompt.
    public var system: String?
    /// What the person asks, where the command line does not say.
    public var prompt: String?
    /// What the model is told of edited calls.
    public var editMode: EditMode

    /// A workflow of the given parts.
    public init(
        name: String, model: ModelSource = .builtin, tools: [ToolSource] = [], policy: Policy = Policy(),
        limits: Limits = Limits(), sampling: SamplingSettings = SamplingSettings(), system: String? = nil,
        prompt: String? = nil, editMode: EditMode = .annotate, principal: String? = nil
    ) {
        self.name = name
        self.model = model
        self.tools = tools
        self.policy = policy
        self.limits = limits
        self.sampling = sampling
        self.system = system
        self.prompt = prompt
        self.editMode = editMode
        self.principal = principal
    }
}

/// Where a workflow's model comes from.
public enum ModelSource: Sendable, Hashable {
    /// The small model that comes with the program, decoded in process.
    case builtin
    /// A GGUF file, decoded in process.
    case gguf(path: String)
    /// A file of responses.
    case scripted(path: String)
    /// A model behind a server.
    case remote(RemoteModelSource)
}

/// Why a workflow file cannot be used.
public struct WorkflowError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as it was named.
    public let file: String
    /// The line of the fault, from 1.
    public let line: Int
    /// The column of the fault, from 1.
    public let column: Int
    /// What is wrong there, and the fix.
    public let message: String

    /// `FILE:LINE:COLUMN: ` and the message.
    public var description: String { "\(file):\(line):\(column): \(message)" }

    init(file: String, place: TextPlace, _ message: String) {
        self.file = file
        line = place.line
        column = place.column
        self.message = message
    }
}
