enum DerivBrokerStub {}
