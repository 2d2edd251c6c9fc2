enum SQLiteStoreStub {}
