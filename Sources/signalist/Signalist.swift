import ArgumentParser
import DerivBroker
import NIOSSL
import TradingAPI
import Hummingbird
import GRDB
import Crypto

@main struct Signalist: ParsableCommand { func run() { print("hello") } }
