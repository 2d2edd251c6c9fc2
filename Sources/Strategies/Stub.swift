enum StrategiesStub {}
