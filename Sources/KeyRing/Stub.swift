enum KeyRingStub {}
