import ArgumentParser

/// Lists every setting: name, what it is for, what is expected, and what holds without it.
struct SettingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "settings", abstract: "List every setting of 'signalist serve'.")

    @Flag(help: "As a Markdown table (docs/settings.md).") var markdown = false

    func run() {
        print(markdown ? SettingsCommand.markdownText : SettingsCommand.plainText, terminator: "")
    }

    static var plainText: String {
        ServerConfiguration.settings.map { "\($0.name)\n    \($0.purpose)\n    Expected \($0.expected). Default: \($0.preset)\n" }.joined()
    }

    static var markdownText: String {
        """
        # Settings of `signalist serve`

        From the environment, or from the file that `--config` or `SIGNALIST_CONFIG` names (`NAME = value` a line, `#` begins a comment). The
        environment wins. A wrong value, or a name that is none, is refused at the start with name, value and what was expected.

        | setting | what it is for | expected | default |
        |---|---|---|---|

        """ + ServerConfiguration.settings.map { "| `\($0.name)` | \($0.purpose) | \($0.expected) | `\($0.preset)` |\n" }.joined()
    }
}
