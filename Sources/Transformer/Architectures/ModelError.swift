/// Why a well-formed GGUF file cannot be run as a model.
public enum ModelError: Error, Equatable, Sendable {
    case file(GGUFError)
    case unsupportedArchitecture(String)
    case unsupportedFeature(String)
    case invalidHyperparameter(key: String, value: String, reason: String)
}

extension ModelError: CustomStringConvertible {
    /// One line: what is wrong, where, and where there is one, the way out.
    public var description: String {
        switch self {
        case .file(let error):
            error.description
        case .unsupportedArchitecture(let name):
            "the model's architecture is \(name), which is not run in process; "
                + "\(Architecture.allCases.map(\.rawValue).joined(separator: ", ")) are. "
                + "Serve the file with llama-server and name that as the model: it is decoded under the same mask"
        case .unsupportedFeature(let feature):
            "the model uses \(feature), which is not run in process; "
                + "serve the file with llama-server and name that as the model"
        case .invalidHyperparameter(let key, let value, let reason):
            "the model's \(key) is \(value): \(reason)"
        }
    }
}
