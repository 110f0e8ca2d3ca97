import JSON
import Workflows

/// The workflow file that the command line names, or the demo's.
enum WorkflowFile {
    /// Reads it.
    /// - Throws: ``Failure`` with the usage code and the place of the fault.
    static func read(_ file: String?) throws -> Workflow {
        let path = try file ?? DemoFiles.workflow()
        return try failing(.usage) {
            do {
                return try Workflow.parse(try BoundedFile.text(path), file: path)
            } catch let error as BoundedFileError {
                throw Failure(.usage, "\(error); is it a workflow file?")
            }
        }
    }
}
