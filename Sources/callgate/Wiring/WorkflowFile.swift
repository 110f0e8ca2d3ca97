import Workflows

/// The workflow file that the command line names, or the demo's.
enum WorkflowFile {
    /// Reads it.
    /// - Throws: ``Failure`` with the usage code and the place of the fault.
    static func read(_ file: String?) throws -> Workflow {
        let path = try file ?? DemoFiles.workflow()
        return try failing(.usage) {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw Failure(.usage, "\(path) cannot be read; is it a workflow file?")
            }
            return try Workflow.parse(text, file: path)
        }
    }
}
