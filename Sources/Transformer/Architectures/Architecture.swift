/// The model families that the forward pass knows, by the names of `general.architecture`.
///
/// They share one computation; what differs is said here.
enum Architecture: String, CaseIterable, Sendable {
    case llama
    case qwen2

    /// Which elements of a head are rotated together.
    var rotaryPairing: RotaryEmbedding.Pairing {
        switch self {
        // Converters permute the query and key rows of llama files so that pairs become neighbours.
        case .llama: .neighbours
        case .qwen2: .halves
        }
    }
}
