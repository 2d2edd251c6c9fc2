/// Bytes from the system's source of chance, for salts and nonces.
enum Chance {
    static func bytes(_ count: Int) -> [UInt8] {
        var source = SystemRandomNumberGenerator()  // getrandom(2): fit for keys
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &source) }
    }
}
