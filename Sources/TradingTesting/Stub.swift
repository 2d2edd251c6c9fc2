enum TradingTestingStub {}
