import Foundation
import Testing

@testable import Transformer

@Suite("The kernels of every instruction set")
struct KernelTests {
    private static let withOffset = ["Q4_1", "Q5_1", "Q4_K", "Q5_K", "Q2_K"]

    @Test(
        "dequantise blocks to the values of the gguf package",
        arguments: [
            "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K", "Q2_K",
            "Q3_K", "IQ4_NL", "IQ4_XS", "MXFP4",
        ])
    func blocks(_ format: String) throws {
        let file = try Fixture.file("blocks")
        let tensor = try file.tensor(format)
        let expected = try file.tensor("\(format).values").floats()
        for kernels in Kernels.all {
            let found = dequantized(tensor, kernels)
            for (index, (value, reference)) in zip(found, expected).enumerated() {
                // A product that is added to is rounded once by a fused operation and twice by the reference.
                let block = expected[index / 256 * 256..<index / 256 * 256 + 256]
                let tolerance = Self.withOffset.contains(format) ? 1e-6 * (block.map(abs).max() ?? 0) : 0
                #expect(abs(value - reference) <= tolerance, "\(kernels), value \(index)")
            }
        }
    }

    @Test("convert every binary16 number, subnormals and infinities included")
    func everyHalf() throws {
        let patterns = (UInt16.min...UInt16.max).map { $0 }
        let bytes = patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        for kernels in Kernels.all {
            let values = dequantized(tensor(bytes, type: 1, shape: [65536]), kernels)
            for (pattern, value) in zip(patterns, values) {
                let expected = Float(Float16(bitPattern: pattern))
                #expect(value == expected || value.isNaN && expected.isNaN, "\(kernels), \(pattern)")
            }
        }
    }

    @Test("convert every bfloat16 number")
    func everyBFloat() throws {
        let patterns = (UInt16.min...UInt16.max).map { $0 }
        let bytes = patterns.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        for kernels in Kernels.all {
            let values = dequantized(tensor(bytes, type: 30, shape: [65536]), kernels)
            #expect(values.map(\.bitPattern) == patterns.map { UInt32($0) << 16 }, "\(kernels)")
        }
    }

    @Test(
        "multiply as a plain sum does, and one token to the same bits as many",
        arguments: [1, 7, 31, 33, 96, 100, 256, 288, 352, 768, 896])
    func multiply(_ columns: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("KernelTests.multiply(\(columns)) seed \(seed)")
        var random = RandomSource(seed: seed)
        let rows = 37
        let tokens = 13
        let formats = [
            (0, 1, 4), (1, 1, 2), (30, 1, 2), (8, 32, 34), (2, 32, 18), (3, 32, 20), (6, 32, 22), (7, 32, 24),
            (12, 256, 144), (13, 256, 176), (14, 256, 210),
            (10, 256, 84), (11, 256, 110), (20, 32, 18), (23, 256, 136), (39, 32, 17),
        ]
        for (type, block, size) in formats where columns % block == 0 {
            let bytes = randomRows(rows, columns, type: type, block: block, size: size, &random)
            let weights = tensor(bytes, type: UInt32(type), shape: [columns, rows])
            let input = (0..<tokens * columns).map { _ in Float(random.uniform() * 2 - 1) }
            for kernels in Kernels.all {
                let isByte = "\(kernels)".contains("VNNI")
                let floats = dequantized(weights, kernels)
                let together = product(weights, input, tokens: tokens, kernels)
                for token in 0..<tokens {
                    let row = Array(input[token * columns..<(token + 1) * columns])
                    let alone = product(weights, row, tokens: 1, kernels)
                    #expect(
                        alone == Array(together[token * rows..<(token + 1) * rows]),
                        "\(kernels), type \(type)")
                    for r in 0..<rows {
                        let products = (0..<columns).map {
                            Double(floats[r * columns + $0]) * Double(row[$0])
                        }
                        let error = abs(Double(alone[r]) - products.reduce(0, +))
                        // Activations of 16 bits where products are integers', floats elsewhere.
                        let isByPairs = isByte && columns >= 256 && [2, 3, 6, 7, 8].contains(type)
                        let tolerance = (12...14).contains(type) || isByPairs ? 3e-5 : 1e-6
                        #expect(
                            error <= tolerance * (1 + products.map(abs).reduce(0, +)),
                            "\(kernels), type \(type)")
                    }
                }
            }
        }
    }

    @Test("give nothing finite for an activation that is not", arguments: [0, 8, 12])
    func notFinite(_ type: Int) throws {
        let (block, size) = [0: (1, 4), 8: (32, 34), 12: (256, 144)][type]!
        let seed = UInt64.random(in: 0...UInt64.max)
        print("KernelTests.notFinite(\(type)) seed \(seed)")
        var random = RandomSource(seed: seed)
        let columns = 512
        let bytes = randomRows(3, columns, type: type, block: block, size: size, &random)
        let weights = tensor(bytes, type: UInt32(type), shape: [columns, 3])
        for value in [Float.nan, .infinity, -.infinity] {
            var input = (0..<2 * columns).map { _ in Float(random.uniform() * 2 - 1) }
            input[300] = value
            for kernels in Kernels.all {
                let both = product(weights, input, tokens: 2, kernels).map(\.isFinite)
                #expect(both == [false, false, false, true, true, true], "\(kernels), \(value)")
                let alone = product(weights, Array(input[..<columns]), tokens: 1, kernels).map(\.isFinite)
                #expect(alone == [false, false, false], "\(kernels), \(value)")
            }
        }
    }

    @Test("attend, normalise and gate as their formulas say", arguments: [1, 3, 16, 40, 100])
    func elementwise(_ size: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("KernelTests.elementwise(\(size)) seed \(seed)")
        var random = RandomSource(seed: seed)
        func vector(_ count: Int, _ scale: Double) -> [Float] {
            (0..<count).map { _ in Float((random.uniform() * 2 - 1) * scale) }
        }
        let positions = 21
        let stride = size + 5
        let query = vector(size, 3)
        let keys = vector(positions * stride, 3)
        let values = vector(positions * stride, 1)
        let up = vector(size, 2)
        let gate = vector(size, 100)
        for kernels in Kernels.all {
            var scores = [Float](repeating: 0, count: positions)
            var output = [Float](repeating: .nan, count: size)
            kernels.attend(
                query: query, keys: keys, values: values, stride: stride, positions: positions,
                headSize: size,
                scale: 0.25, scores: &scores, output: &output)
            let weights = (0..<positions).map { p in
                Foundation.exp(
                    0.25 * (0..<size).reduce(0.0) { $0 + Double(query[$1]) * Double(keys[p * stride + $1]) })
            }
            let total = weights.reduce(0, +)
            for i in 0..<size {
                let expected =
                    (0..<positions).reduce(0.0) { $0 + weights[$1] * Double(values[$1 * stride + i]) } / total
                #expect(abs(Double(output[i]) - expected) < 1e-4, "\(kernels)")
            }

            kernels.normalize(rows: 1, query, gain: up, epsilon: 1e-5, into: &output)
            let square = query.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(size)
            for i in 0..<size {
                let expected = Double(query[i]) / (square + 1e-5).squareRoot() * Double(up[i])
                #expect(abs(Double(output[i]) - expected) < 1e-5, "\(kernels)")
            }

            var gated = gate
            kernels.gatedSiLU(&gated, up: up, count: size)
            for i in 0..<size {
                let g = Double(gate[i])
                let expected = g / (1 + Foundation.exp(-g)) * Double(up[i])
                #expect(abs(Double(gated[i]) - expected) <= 1e-5 * max(1, abs(expected)), "\(kernels)")
            }

            gated = gate
            kernels.gatedGELU(&gated, up: up, count: size)
            for i in 0..<size {
                let g = Double(gate[i])
                let inner = (2 / Double.pi).squareRoot() * (g + 0.044715 * g * g * g)
                let expected = 0.5 * g * (1 + tanh(inner)) * Double(up[i])
                #expect(abs(Double(gated[i]) - expected) <= 1e-5 * max(1, abs(expected)), "\(kernels)")
            }

            let pairs = size / 2
            let rotation = vector(2 * pairs, 1)
            for areNeighbours in [true, false] {
                var rotated = Array(keys.prefix(2 * stride))
                kernels.rotate(
                    &rotated, heads: 2, headSize: stride, by: rotation, areNeighbours: areNeighbours)
                for head in 0..<2 {
                    for pair in 0..<pairs {
                        let first = head * stride + (areNeighbours ? 2 * pair : pair)
                        let second = first + (areNeighbours ? 1 : pairs)
                        let (cosine, sine) = (rotation[pair], rotation[pairs + pair])
                        #expect(abs(rotated[first] - (keys[first] * cosine - keys[second] * sine)) < 1e-5)
                        #expect(abs(rotated[second] - (keys[first] * sine + keys[second] * cosine)) < 1e-5)
                    }
                    let rest = head * stride + 2 * pairs..<(head + 1) * stride
                    #expect(rotated[rest] == keys[rest])
                }
            }
        }
    }

    private func tensor(_ bytes: [UInt8], type: UInt32, shape: [Int]) -> Tensor {
        let rows = shape.dropFirst().reduce(1, *)
        return Tensor(
            name: "t", type: TensorType(number: type), shape: shape, rowBytes: bytes.count / rows,
            file: FileBytes(copying: bytes), offset: 0)
    }

    /// Rows with any bytes, but for the binary16 scales and the floats, which are small numbers.
    private func randomRows(
        _ rows: Int, _ columns: Int, type: Int, block: Int, size: Int, _ random: inout RandomSource
    ) -> [UInt8] {
        func small(_ random: inout RandomSource) -> Float { Float(random.uniform() * 2 - 1) }
        var bytes: [UInt8] = []
        for _ in 0..<rows * columns / block {
            var one = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            func put(_ pattern: some FixedWidthInteger, _ place: Int) {
                withUnsafeBytes(of: pattern.littleEndian) {
                    one.replaceSubrange(place..<place + $0.count, with: $0)
                }
            }
            switch type {
            case 0: put(small(&random).bitPattern, 0)
            case 30: put(UInt16(small(&random).bitPattern >> 16), 0)
            case 14: put(Float16(small(&random)).bitPattern, 208)
            case 10:
                put(Float16(small(&random)).bitPattern, 80)
                put(Float16(small(&random)).bitPattern, 82)
            case 11: put(Float16(small(&random)).bitPattern, 108)
            case 39: one[0] = UInt8.random(in: 118...127, using: &random)
            case 3, 7, 12, 13:
                put(Float16(small(&random)).bitPattern, 0)
                put(Float16(small(&random)).bitPattern, 2)
            default: put(Float16(small(&random)).bitPattern, 0)
            }
            bytes += one
        }
        return bytes
    }

    private func dequantized(_ tensor: Tensor, _ kernels: Kernels) -> [Float] {
        (0..<tensor.rows).flatMap { row in
            var values = [Float](repeating: .nan, count: tensor.columns)
            kernels.dequantize(tensor, row: row, into: &values)
            return values
        }
    }

    private func product(_ weights: Tensor, _ input: [Float], tokens: Int, _ kernels: Kernels) -> [Float] {
        var output = [Float](repeating: .nan, count: tokens * weights.rows)
        var scratch = [Float](repeating: 0, count: 82 * weights.columns)
        kernels.multiply(
            weights, rows: 0..<weights.rows, input: input, tokens: tokens, output: &output, scratch: &scratch)
        return output
    }
}
