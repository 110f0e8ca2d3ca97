import Agent
import Debugger
import Foundation
import Sessions
import Terminal

/// The debugger on a screen: reads keys and events, shows the state, and performs what the state asks for.
///
/// Everything that the debugger decides is in `Debugger`; this is its hands.
@MainActor
final class DebuggerProgram {
}
