#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The bytes of a file, mapped into memory, or a copy of bytes that were already there.
///
/// The mapping is private and read-only. Another process that shortens the file while it is mapped can still make
/// a later access fail; that is the price of starting without reading gigabytes.
final class FileBytes: @unchecked Sendable {
    // Unchecked is sound: both members are constants, nothing ever writes through `base`, and the memory is
    // released only when no reference is left.
    let base: UnsafeRawPointer
    let count: Int
    private let isMapped: Bool

    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Why a file cannot be mapped.
    struct Unreadable: Error {
        let reason: String
    }

    /// Maps a regular file.
    init(mapping path: String) throws(Unreadable) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable(reason: Self.lastError) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Unreadable(reason: Self.lastError) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Unreadable(reason: "it is not a regular file")
        }
        count = Int(status.st_size)
        guard count > 0 else {
            // A mapping cannot be empty.
            base = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
            isMapped = false
            return
        }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED
        else {
            throw Unreadable(reason: Self.lastError)
        }
        base = UnsafeRawPointer(address)
        isMapped = true
    }

    /// Copies bytes.
    init(copying bytes: some Collection<UInt8>) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
        memory.copyBytes(from: bytes)
        base = UnsafeRawPointer(
            memory.baseAddress ?? UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
        count = bytes.count
        isMapped = false
    }

    /// Reads one byte of each page, so that the system fetches the page.
    func touch(_ range: Range<Int>) {
        var sum: UInt8 = 0
        for offset in stride(from: range.lowerBound, to: range.upperBound, by: 4096) {
            sum &+= base.load(fromByteOffset: offset, as: UInt8.self)
        }
        // What nobody looks at need not be read.
        withExtendedLifetime(sum) {}
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: base), count)
        } else {
            base.deallocate()
        }
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}
