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
            "the model's architecture is \(name), which is not supported; "
                + "\(Architecture.allCases.map(\.rawValue).joined(separator: " and ")) are"
        case .unsupportedFeature(let feature):
            "the model uses \(feature), which is not supported"
        case .invalidHyperparameter(let key, let value, let reason):
            "the model's \(key) is \(value): \(reason)"
        }
    }
}
