import TradingEngine

// The engine's and the simulated broker's ledger rows have the same name; here the engine's is called what it is to us.
typealias ToldBooking = Booking
