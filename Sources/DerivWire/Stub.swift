enum DerivWireStub {}
