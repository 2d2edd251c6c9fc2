enum TradingPortsStub {}
