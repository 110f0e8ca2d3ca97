import Agent

// Files of others say any number; what is taken of them can be reckoned with.

extension Int64 {
    /// Milliseconds, as near as a time can be to them; 0 for what is no number.
    init(bounded milliseconds: Double) {
        self = milliseconds.isNaN ? 0 : Int64(Swift.max(-1e14, Swift.min(milliseconds, 1e14)))
    }
}

extension Usage {
    /// The sum of what was read anew and from caches.
    init(input: Int, cached: [Int], output: Int) {
        let sum = cached.reduce(input) { sum, count in
            let (next, overflows) = sum.addingReportingOverflow(count)
            return overflows ? Int.max : next
        }
        self.init(promptTokens: sum, completionTokens: output)
    }
}

extension Usage {
    /// All tokens of a request and its response.
    var total: Int { Usage(input: promptTokens, cached: [completionTokens], output: 0).promptTokens }
}
