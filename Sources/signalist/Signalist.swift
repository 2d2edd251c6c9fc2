import ArgumentParser

/// The command `signalist` and its subcommands.
@main
struct Signalist: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signalist",
        abstract: "Trades Deriv contracts from signals: never twice, never past a limit, right to the cent.",
        version: Signalist.version,
        subcommands: [
            Serve.self, Demo.self, BrokerProcess.self, OwnerCommand.self, PersonCommand.self, KeysCommand.self, AuditCommand.self, ProofCommand.self,
            ImportCommand.self,
            SettingsCommand.self, FiguresCommand.self,
        ])

    static let version = "0.1.0"

    static func main() async {
        PrivateMemory.keep()
        Terminal.outliveReaders()
        await main(nil)
    }
}
