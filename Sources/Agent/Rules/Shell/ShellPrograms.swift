/// Names that mean more to a shell than a program: keywords, and what runs or evaluates its own words.
enum ShellPrograms {
    /// Keywords after which a command goes on.
    static let leading: Set<String> = ["if", "then", "else", "elif", "while", "until", "do", "!", "{"]
    /// Keywords that end a compound command.
    static let closing: Set<String> = ["fi", "done", "}"]
    /// A list, a choice, a definition or a test of some shell's: its words are no commands.
    static let unreadable: Set<String> = [
        "for", "case", "select", "function", "coproc", "esac", "in", "[[", "]]", "repeat", "foreach", "end",
        "nocorrect", "noglob", "always", "-", "alias",
    ]
    static let keywords = leading.union(closing).union(unreadable)

    /// What runs the command that stands after its own options, and nothing else.
    static let wrappers: Set<String> = [
        "sudo", "doas", "env", "nohup", "time", "nice", "exec", "command", "builtin", "timeout", "stdbuf",
        "setsid", "ionice",
    ]
    /// What runs some of its words, or text that they hold or that it reads, in ways that differ.
    static let runners: Set<String> = [
        "xargs", "busybox", "toybox", "chroot", "strace", "ltrace", "unshare", "nsenter", "chrt", "taskset",
        "systemd-run", "pkexec", "unbuffer", "watch", "su", "runuser", "script", "flock", "parallel", "ssh",
        "setpriv", "capsh", "numactl", "prlimit", "valgrind", "gdb", "entr", "rlwrap", "proot", "fakeroot",
        "dbus-run-session", "xvfb-run", "start-stop-daemon", "daemonize", "firejail", "bwrap", "torsocks",
        "proxychains", "eval", "trap", "sg", "setarch", "i386", "i486", "i586", "i686", "x86_64", "linux32",
        "linux64", "uname26", "athlon", "ppc", "ppc32",
        "ppc64", "s390", "s390x", "mips", "mips32", "mips64", "sparc", "sparc64", "parisc", "fakeroot-tcp",
        "fakeroot-sysv", "coreutils", "systemd-cat", "debconf", "caffeinate", "choom",
        "at", "batch", "expect", "at-spi-bus-launcher", "catchsegv", "dotenv", "direnv",
    ]
    /// What evaluates its words as more than words, in one shell or another: arithmetic runs substitutions.
    static let evaluators: Set<String> = [
        ".", "source", "bind", "complete", "compgen", "compopt", "fc", "let", "declare", "typeset", "local",
        "integer", "float", "mapfile", "readarray", "enable", "emulate", "sched", "autoload", "functions",
        "zmodload", "zle", "zstyle", "zparseopts", "zformat", "zregexparse", "zpty", "getln", "pushln",
        "private", "sysread", "sysseek", "syserror",
        "vared", "alias", "hash", "rehash", "jobs", "history", "print", "nameref",
    ]
    /// What takes the names of variables, which may have a subscript, and a subscript is evaluated.
    static let naming: Set<String> = [
        "export", "readonly", "read", "unset", "test", "[", "wait", "getopts", "set", "printf", "unsetenv",
        "setenv", "setopt", "unsetopt", "shopt",
    ]
    /// What gives variables values from elsewhere: no line is proved whose variables may hold anything.
    static let filling: Set<String> = ["read", "getopts"]
    /// What gives variables values.
    static let assigning: Set<String> = ["export", "readonly", "setenv", "env"]
    /// Whether a word that is expanded names a variable to a program: which one, nobody can tell.
    static func naming(_ program: String, expanded word: ShellWord, among words: ArraySlice<ShellWord>)
        -> Bool
    {
        switch program {
        case "read", "getopts", "unset": return true
        // `export "$y"`; in `export a="$y"` the name stands there.
        case "export", "readonly": return word.variable == nil
        case "test", "[": return !isOperand(word, of: words)
        case "wait": return !["$!", "$$"].contains(word.text)
        default: return false
        }
    }
    /// Whether a word of `test` is surely what an operator is asked of, and no operator or number itself.
    private static func isOperand(_ word: ShellWord, of words: ArraySlice<ShellWord>) -> Bool {
        // Without quotes it may be several words.
        guard !word.isBare, let place = words.firstIndex(where: { $0.offset == word.offset }) else {
            return false
        }
        let before = place > words.startIndex ? words[place - 1] : nil
        let after = place + 1 < words.endIndex ? words[place + 1] : nil
        // What computes its operand does so before it looks at what follows.
        if let before, before.isExpanded || computing.contains(before.text) { return false }
        if let before, !before.isExpanded, asking.union(comparing).contains(before.text) { return true }
        if let after, !after.isExpanded, comparing.contains(after.text) { return true }
        // What a variable was given in this line has been looked at; what a command prints is known to nobody.
        let isVariable =
            word.bytes.first == UInt8(ascii: "$") && word.bytes.dropFirst().allSatisfy(\.isShellNamePart)
        let beside = [before, after].compactMap { $0 }.filter { !$0.isExpanded }
        if isVariable, beside.contains(where: { counted.contains($0.text) }) { return true }
        return words.count { !$0.equals("]") && !$0.equals("!") } == 1
    }
    private static let asking: Set<String> = [
        "-f", "-d", "-e", "-z", "-n", "-r", "-w", "-x", "-s", "-L", "-h", "-p", "-S", "-b", "-c", "-g", "-k",
        "-u",
        "-O", "-G", "-N",
    ]
    private static let computing: Set<String> = ["-v", "-R", "-t"]
    private static let counted: Set<String> = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]
    private static let comparing: Set<String> = ["=", "==", "!=", "<", ">", "-nt", "-ot", "-ef"]
    /// What takes a number, which zsh computes.
    static let counting: Set<String> = ["shift", "return", "exit", "break", "continue", "logout", "bye"]
    /// Programs that start another one by its name, each in a way of its own: a rule that denies looks at all words.
    static let launchers: Set<String> = [
        "npx", "bunx", "pnpx", "uv", "uvx", "pipx", "poetry", "pipenv", "hatch", "bundle", "nix-shell",
        "conda", "mise", "asdf", "rbenv", "pyenv", "cross-env", "aws-vault", "gosu", "su-exec", "setuidgid",
        "s6-setuidgid", "chpst", "envdir", "envuidgid", "softlimit", "schroot", "systemd-inhibit", "run0",
        "ssh-agent", "dbus-launch", "tmux", "screen", "hyperfine", "faketime", "sem",
        "machinectl", "runcon", "cgexec", "schedtool", "eatmydata", "chronic", "ifne",
        "aa-exec", "proxychains4", "perf", "rr", "xterm", "konsole", "gnome-terminal", "daemon", "watchexec",
        "nodemon", "tini", "dumb-init", "with-contenv", "uftrace", "trickle",
        "cpulimit", "setlock", "chainload", "execlineb", "foreground", "background", "ts-node",
    ]
    /// Programs that do many things, and start others after one of ``dispatches`` alone.
    static let dispatchers: Set<String> = [
        "npm", "pnpm", "yarn", "bun", "docker", "podman", "nerdctl", "kubectl", "oc", "lxc", "incus",
        "distrobox",
        "toolbox", "flatpak", "nix", "cargo", "git", "ip",
    ]
    /// The words of ``dispatchers`` after which the words of another program stand, or its command line.
    static let dispatches: Set<String> = [
        "exec", "x", "run", "dlx", "enter", "shell", "develop", "bisect", "foreach",
    ]
    /// Variables whose values a shell expands or runs some time after they were set, or by which it is told what to read
    /// or load first.
    static func isEvaluatedLater(_ variable: String) -> Bool {
        laterEvaluated.contains(variable) || isInteger(variable)
            || ["PROMPT", "RPROMPT", "ZLE_", "TRAP"].contains { variable.utf8.starts(with: $0.utf8) }
    }
    private static let laterEvaluated: Set<String> = [
        "PS0", "PS1", "PS2", "PS3", "PS4", "RPS1", "RPS2", "SPROMPT", "prompt", "psvar", "TIMEFMT", "TITLE",
        "functions", "dis_functions", "commands", "aliases", "galiases", "saliases", "dis_aliases",
        "dis_galiases", "dis_saliases", "options", "path", "widgets", "modules", "precmd", "preexec", "chpwd",
    ]
    /// Variables that are integers to one shell or another: what they are given is computed.
    private static let integers: Set<String> = [
        "RANDOM", "SRANDOM", "SECONDS", "HISTSIZE", "SAVEHIST", "HISTCMD", "COLUMNS", "LINES", "OPTIND",
        "MAILCHECK", "TMOUT", "DIRSTACKSIZE", "KEYTIMEOUT", "LISTMAX", "LOGCHECK", "FUNCNEST", "UID", "EUID",
        "GID", "EGID", "PPID", "ERRNO", "SHLVL", "LINENO", "TRY_BLOCK_ERROR", "TRY_BLOCK_INTERRUPT", "BAUD",
        "HISTFILESIZE", "BASHPID", "EPOCHSECONDS", "TTYIDLE", "ARGC", "ZLE_RPROMPT_INDENT",
    ]
    static func isInteger(_ variable: String) -> Bool { integers.contains(variable) }
    /// Variables by which the shell finds programs, or splits and reads words: after such a value no name is certain.
    static func decidesNames(_ variable: String) -> Bool {
        ["PATH", "CDPATH", "IFS", "GLOBIGNORE", "POSIXLY_CORRECT", "BASHOPTS", "EXECIGNORE"].contains(
            variable)
            || ["LD_", "DYLD_"].contains { variable.utf8.starts(with: $0.utf8) }
    }
    /// Those of them that name a file or are run as they stand, so that no value of them says what is started.
    static let loading: Set<String> = [
        "BASH_ENV", "ENV", "PROMPT_COMMAND", "NULLCMD", "READNULLCMD", "ZDOTDIR", "FPATH", "fpath",
        "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "DYLD_LIBRARY_PATH",
        "BASH_LOADABLES_PATH", "SHELLOPTS", "MODULE_PATH", "module_path", "GCONV_PATH",
    ]
    static let shells: Set<String> = [
        "sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "rbash", "pdksh", "posh", "yash",
    ]
    /// Whether a program is one of ``shells``, in whatever edition: `zsh5`, `bash-static`, the restricted `rzsh`.
    static func isShell(_ name: String) -> Bool {
        var bytes = Array(name.utf8)
        if bytes.reversed().starts(with: "-static".utf8.reversed()) { bytes.removeLast(7) }
        while let last = bytes.last,
            last.isShellDigit || last == UInt8(ascii: ".") || last == UInt8(ascii: "-")
        {
            bytes.removeLast()
        }
        let plain = String(decoding: bytes, as: UTF8.self)
        let open = String(
            decoding: bytes.first == UInt8(ascii: "r") ? bytes.dropFirst() : bytes[...], as: UTF8.self)
        return shells.contains(name) || shells.contains(plain) || shells.contains(open)
    }
    /// The words of `set` after which the rest of a line is read as before.
    static func keepsReading(_ word: ShellWord, after option: ShellWord?) -> Bool {
        let options: Set<String> = [
            "pipefail", "errexit", "nounset", "xtrace", "noglob", "noclobber", "verbose",
        ]
        if let option, option.takesName { return options.contains(word.text) }
        guard word.isSign else { return true }
        // Each o takes a name of its own.
        return word.bytes.dropFirst().allSatisfy { "euxfCov".utf8.contains($0) }
            && word.bytes.count { $0 == UInt8(ascii: "o") } < 2
    }
    /// Shells that read a line in ways of their own.
    static let strangeShells: Set<String> = [
        "fish", "csh", "tcsh", "nu", "pwsh", "powershell", "powershell.exe", "cmd", "cmd.exe", "elvish",
        "xonsh", "rc", "es", "ion",
    ]
    /// The words of `find` after which a value stands, whatever it looks like.
    static let valued: Set<String> = [
        "-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-regex", "-iregex", "-lname",
        "-ilname", "-type", "-xtype", "-size", "-mtime", "-atime", "-ctime", "-mmin", "-amin", "-cmin",
        "-newer",
        "-anewer", "-cnewer", "-user", "-group", "-uid", "-gid", "-perm", "-maxdepth", "-mindepth", "-links",
        "-inum", "-samefile", "-fstype", "-used", "-regextype", "-printf",
    ]
    /// The words of `find` after which a command stands.
    static let executing: Set<String> = ["-exec", "-execdir", "-ok", "-okdir"]

    static func isLoader(_ name: String) -> Bool {
        name.utf8.starts(with: "ld-linux".utf8) || name.utf8.starts(with: "ld-musl".utf8)
            || name.utf8.starts(with: "ld.so".utf8)
    }
}

/// The names of programs that read command lines.
public enum ShellNames {
    /// Whether a program of that name reads command lines, in whatever way.
    public static func isShell(_ name: String) -> Bool {
        ShellPrograms.isShell(name) || ShellPrograms.strangeShells.contains(name)
    }
}
