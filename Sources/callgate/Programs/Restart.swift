import Foundation

/// This program begun anew with other arguments, in its own place.
enum Restart {
    /// What is started: the start script of a package, which says so by a variable, else the program itself.
    static var program: String {
        if let script = ProcessInfo.processInfo.environment["CALLGATE_PROGRAM"], !script.isEmpty {
            return script
        }
        let running = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return running ?? CommandLine.arguments.first ?? "callgate"
    }

    /// - Throws: ``Failure`` where the system does not let it.
    static func program(_ words: [String]) throws {
        let all = [program] + words
        var arguments: [UnsafeMutablePointer<CChar>?] = all.map { strdup($0) }
        arguments.append(nil)
        execv(all[0], arguments)
        throw Failure(
            .failed,
            "the program could not be started anew; go on with: callgate \(words.joined(separator: " "))")
    }
}
