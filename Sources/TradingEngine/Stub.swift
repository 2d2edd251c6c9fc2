enum TradingEngineStub {}
