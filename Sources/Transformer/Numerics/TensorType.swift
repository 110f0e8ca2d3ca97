import CKernels

/// How a tensor's values are stored: ggml's types, numbered as in GGUF tensor infos.
///
/// A type that this file does not list is still carried, by its number, so that a file of which only the vocabulary
/// is wanted opens whatever its weights are.
public struct TensorType: Equatable, Sendable, CustomStringConvertible {
    /// The number in the file.
    public let number: UInt32

    /// ggml's name of the type.
    public var description: String { layout?.name ?? "number \(number)" }

    /// Whether the forward pass works with it.
    public var isSupported: Bool { number <= Int32.max && Kernels.best.supports(Int32(number)) }

    /// Values in a block and bytes of a block; nil where ggml knows no such type.
    var block: (values: Int, bytes: Int)? { layout.map { ($0.values, $0.bytes) } }

    /// Bytes of a row, where it is a whole number of blocks.
    func rowBytes(columns: Int) -> Int? {
        guard let block, columns % block.values == 0 else { return nil }
        let (bytes, overflow) = (columns / block.values).multipliedReportingOverflow(by: block.bytes)
        return overflow ? nil : bytes
    }

    /// 32-bit floats.
    public static let f32 = TensorType(number: UInt32(CK_F32))

    /// The names of all supported types, for messages.
    static var supportedNames: String {
        layouts.keys.sorted().map(TensorType.init).filter(\.isSupported).map(\.description).joined(
            separator: ", ")
    }

    private var layout: (name: String, values: Int, bytes: Int)? { Self.layouts[number] }

    private static let layouts: [UInt32: (name: String, values: Int, bytes: Int)] = [
        0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
        6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40),
        10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176),
        14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292), 16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74),
        18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
        22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
        26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56),
        30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
    ]
}
