import Agent
import Foundation
import Sessions
import Workflows

/// A workflow's parts, opened: the model, the tools and what the journal says of them.
struct Assembly {
    let workflow: Workflow
    let model: any Model
    let tools: [any Tool]
    /// The tools with their servers.
    let toolbox: Toolbox
    /// The workflow's file; `nil` for the demo's.
    let file: String?
    private let info: ModelInfo
    /// The definitions that somebody trusted; `nil` where nothing is pinned.
    private let pins: DefinitionPins?

    /// Reads the workflow file, or the demo's, and opens its parts.
    ///
    /// - Parameter parent: where the session that is taken up came from: a fork says with which seed and model it goes
    ///   on.
    /// - Throws: ``Failure`` with the usage code: every fault here is one of the file or of what it names.
    init(
        file: String?, seed: UInt64?, temperature: Double?, parent: SessionParent? = nil
    ) throws {
        self.file = file
        var workflow = try WorkflowFile.read(file)
        if let model = parent?.model { workflow.model = model == "builtin" ? .builtin : .gguf(path: model) }
        if let seed = seed ?? parent?.seed { workflow.sampling.seed = seed }
        if let temperature { workflow.sampling.temperature = temperature }
        pins = try PinFile.read(of: file)
        let model = try ModelOpening.open(workflow.model)
        toolbox = try Toolbox(workflow.tools)
        tools = toolbox.tools
        self.workflow = workflow
        self.model = model
        info = Blocking.wait { await model.info }
    }

    /// Where the lines and questions of MCP servers go.
    var host: ServerHost { toolbox.host }

    /// What a new session's journal begins with; `session` is the journal's path.
    func header(session: String) -> SessionHeader {
        let name = URL(fileURLWithPath: session).deletingPathExtension().lastPathComponent
        var header = SessionHeader(
            id: name, workflow: workflow.name, model: info, catalogue: toolbox.definitions(pinned: pins),
            sampling: workflow.sampling, limits: workflow.limits, policy: workflow.policy,
            principal: workflow.principal)
        header.catalogueNotes = toolbox.notes
        return header
    }
}
