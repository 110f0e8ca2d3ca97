import CKernels

/// The numeric kernels of one instruction set.
public struct Kernels: Sendable, CustomStringConvertible {
    // The table is a C constant of function pointers: never written, never freed.
    nonisolated(unsafe) private let table: UnsafePointer<ck_kernels>

    /// The instruction set's name.
    public var description: String { String(cString: table.pointee.name) }

    /// Every table that this processor can run, the plainest first.
    public static let all: [Kernels] = {
        var tables: [Kernels] = []
        while let table = ck_available(tables.count) { tables.append(Kernels(table: table)) }
        return tables
    }()

    /// The table for the widest vectors that this processor has.
    public static let best = all[all.count - 1]

    func supports(_ format: Int32) -> Bool { table.pointee.supports(format) != 0 }

    /// Writes a row's values as floats.
    func dequantize(_ tensor: Tensor, row: Int, into output: UnsafeMutablePointer<Float>) {
        table.pointee.dequantize(
            Int32(tensor.type.number), tensor.address + row * tensor.rowBytes, output, tensor.columns)
    }

    /// output[t][r] = weights[r] · input[t] for every token `t` and row `r`, rows lying side by side.
    ///
    /// - Parameter scratch: room for `CK_SCRATCH` floats a column.
    func multiply(
        _ weights: Tensor, rows: Range<Int>, input: UnsafePointer<Float>, tokens: Int,
        output: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        table.pointee.multiply(
            Int32(weights.type.number), weights.address + rows.lowerBound * weights.rowBytes,
            weights.rowBytes,
            rows.count, weights.columns, input, weights.columns, tokens, output + rows.lowerBound,
            weights.rows,
            scratch)
    }

    /// One head's attention over cached keys and values that lie `stride` floats apart.
    func attend(
        query: UnsafePointer<Float>, keys: UnsafePointer<Float>, values: UnsafePointer<Float>, stride: Int,
        positions: Int, headSize: Int, scale: Float, scores: UnsafeMutablePointer<Float>,
        output: UnsafeMutablePointer<Float>
    ) {
        table.pointee.attend(query, keys, values, stride, positions, headSize, scale, scores, output)
    }

    /// Root-mean-square normalisation (Zhang and Sennrich, 2019) of rows as long as the gain, perhaps in place.
    func normalize(
        rows: Int, _ input: UnsafePointer<Float>, gain: [Float], epsilon: Float,
        into output: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let start = row * gain.count
            table.pointee.normalize(input + start, gain, epsilon, gain.count, output + start)
        }
    }

    /// gate = silu(gate) · up, the inner part of SwiGLU (Shazeer, 2020).
    func gatedSiLU(_ gate: UnsafeMutablePointer<Float>, up: UnsafePointer<Float>, count: Int) {
        table.pointee.gated_silu(gate, up, count)
    }

    /// gate = gelu(gate) · up, the inner part of GeGLU (Shazeer, 2020).
    func gatedGELU(_ gate: UnsafeMutablePointer<Float>, up: UnsafePointer<Float>, count: Int) {
        table.pointee.gated_gelu(gate, up, count)
    }

    /// Rotates pairs of each head's elements; those past the rotated ones stay.
    ///
    /// - Parameter rotation: the cosines of the pairs, then their sines.
    func rotate(
        _ values: UnsafeMutablePointer<Float>, heads: Int, headSize: Int, by rotation: [Float],
        areNeighbours: Bool
    ) {
        table.pointee.rotate(values, heads, headSize, rotation, rotation.count / 2, areNeighbours ? 1 : 0)
    }
}
