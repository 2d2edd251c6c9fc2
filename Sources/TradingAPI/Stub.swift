enum TradingAPIStub {}
