/// A matrix or vector of weights, used where it lies in the file.
struct Tensor: Sendable {
    let name: String
    let type: TensorType
    /// Extents, the innermost first.
    let shape: [Int]
    let rowBytes: Int
    private let file: FileBytes
    private let offset: Int

    init(name: String, type: TensorType, shape: [Int], rowBytes: Int, file: FileBytes, offset: Int) {
        (self.name, self.type, self.shape, self.rowBytes) = (name, type, shape, rowBytes)
        (self.file, self.offset) = (file, offset)
    }

    var columns: Int { shape[0] }
    var rows: Int { shape.dropFirst().reduce(1, *) }
    var address: UnsafeRawPointer { file.base + offset }

    /// Some rows as a matrix of their own.
    func slice(rows: Range<Int>) -> Tensor {
        Tensor(
            name: name, type: type, shape: [columns, rows.count], rowBytes: rowBytes, file: file,
            offset: offset + rows.lowerBound * rowBytes)
    }

    /// All values as floats.
    func floats() -> [Float] {
        [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            for row in 0..<rows { Kernels.best.dequantize(self, row: row, into: start + row * columns) }
            count = rows * columns
        }
    }
}
