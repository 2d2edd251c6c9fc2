// Bytes as hexadecimal digits and back.

extension Sequence<UInt8> {
    /// Two small digits a byte.
    public var hexText: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension UInt8 {
    /// What a character stands for as a hexadecimal digit, large or small; nil when it is none.
    public var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
