enum DerivSimulatorStub {}
