enum TradingServiceStub {}
