enum SimulatedMarketStub {}
