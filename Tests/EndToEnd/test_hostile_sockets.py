"""Hostile WebSocket input, byte by byte (RFC 6455), closes with the right code and never takes the broker down."""

import os
import socket
import struct
from base64 import b64encode

import pytest

from harness import wait_until

TEXT, BINARY, CLOSE, PING, PONG, MORE = 1, 2, 8, 9, 10, 0
PINGING = b'{"ping":1}'


@pytest.fixture(scope="module")
def broker(shared_world):
    return shared_world.broker(jsonl=False)


def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, length=None, mask=b"\x37\xfa\x21\x3d"):
    """A client's frame; `length` lies about the payload's."""
    size = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if masked else 0
    if size < 126:
        head += bytes([bit | size])
    elif size < 65_536:
        head += bytes([bit | 126]) + struct.pack(">H", size)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + payload
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


class Wire:
    def __init__(self, broker):
        self.socket = socket.create_connection(("127.0.0.1", broker.port), timeout=20)
        key = b64encode(os.urandom(16)).decode()
        self.socket.sendall(f"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n".encode())
        self.stream = self.socket.makefile("rb")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.stream.readline()
        assert b" 101 " in head and b"permessage-deflate" not in head, head

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            # It has closed already; what it said before can still be read.
            pass
        return self

    def next(self):
        """Opcode and payload of the next frame, or None at the end."""
        head = self.stream.read(2)
        if len(head) < 2:
            return None
        assert not head[1] & 0x80, "a server masks nothing"
        size = head[1] & 0x7F
        if size == 126:
            [size] = struct.unpack(">H", self.stream.read(2))
        elif size == 127:
            [size] = struct.unpack(">Q", self.stream.read(8))
        return head[0] & 0x0F, self.stream.read(size)

    def code(self):
        """The code it is closed with."""
        while got := self.next():
            if got[0] == CLOSE:
                assert self.next() is None, "nothing comes after a close"
                return struct.unpack(">H", got[1][:2])[0] if got[1] else None
        return "dropped"


HOSTILE = {
    "unmasked": (frame(TEXT, PINGING, masked=False), 1002),
    "unmasked ping": (frame(PING, masked=False), 1002),
    "rsv1": (frame(TEXT, PINGING, rsv=4), 1002),
    "rsv2": (frame(TEXT, PINGING, rsv=2), 1002),
    "rsv3 on a ping": (frame(PING, rsv=1), 1002),
    "reserved data opcodes": (frame(3, PINGING), 1002),
    "reserved control opcodes": (frame(11), 1002),
    "fragmented ping": (frame(PING, fin=False), 1002),
    "fragmented close": (frame(CLOSE, fin=False), 1002),
    "long ping": (frame(PING, b"x" * 126), 1002),
    "long close": (frame(CLOSE, b"\x03\xe8" + b"x" * 124), 1002),
    "continuation of nothing": (frame(MORE, PINGING), 1002),
    "last continuation of nothing": (frame(MORE, PINGING, fin=False), 1002),
    "text within a message": (frame(TEXT, b"{", fin=False) + frame(TEXT, PINGING), 1002),
    "binary within a message": (frame(TEXT, b"{", fin=False) + frame(BINARY, PINGING), 1002),
    "continuation after the end": (frame(TEXT, PINGING) + frame(MORE, PINGING), 1002),
    "announced oversize": (frame(TEXT, b"", length=(1 << 20) + 1), 1009),
    "announced absurdity": (frame(TEXT, b"", length=(1 << 62)), 1009),
    "announced negative": (frame(TEXT, b"", length=(1 << 64) - 1), 1009),
    "sent oversize": (frame(TEXT, b" " * ((1 << 20) + 1)), 1009),
    "oversize in fragments": (frame(TEXT, b" " * 600_000, fin=False) + frame(MORE, b" " * 600_000), 1009),
    "oversize in endless fragments": (frame(TEXT, b"", fin=False) + frame(MORE, b" ", fin=False) * 5_000, 1009),
    "bad utf-8": (frame(TEXT, b'{"ping":"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"}'), 1007),
    "overlong utf-8": (frame(TEXT, b"\xc0\xaf"), 1007),
    "utf-8 past the last scalar": (frame(TEXT, b"\xf4\x90\x80\x80"), 1007),
    "cut utf-8": (frame(TEXT, b"\xce"), 1007),
    "bad utf-8 in fragments": (frame(TEXT, b"\xce", fin=False) + frame(MORE, b"\xba\xff"), 1007),
    "wrong mask": (bytes(byte ^ 0x80 if index > 5 else byte for index, byte in enumerate(frame(TEXT, PINGING))), 1007),
    "close of one byte": (frame(CLOSE, b"\x03"), 1002),
    "close with bad reason": (frame(CLOSE, b"\x03\xe8\xce\xff"), 1007),
} | {f"close {code}": (frame(CLOSE, struct.pack(">H", code)), 1002) for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_closed_with_its_code(broker, name):
    data, code = HOSTILE[name]
    assert Wire(broker).send(data).code() == code
    assert broker.is_running()


@pytest.mark.parametrize("name", [name for name in HOSTILE if len(HOSTILE[name][0]) < 300])
def test_the_same_one_byte_at_a_time(broker, name):
    data, code = HOSTILE[name]
    wire = Wire(broker)
    wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in data:
        wire.send(bytes([byte]))
    assert wire.code() == code


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_a_close_is_answered_with_its_own_code(broker, code):
    assert Wire(broker).send(frame(CLOSE, struct.pack(">H", code) + "genug".encode())).code() == code


def test_what_is_allowed_is_answered(broker):
    wire = Wire(broker)
    wire.send(frame(PING, b"x" * 125) + frame(PONG, b"unasked") + frame(PING))
    assert wire.next() == (PONG, b"x" * 125) and wire.next() == (PONG, b"")
    parts = [PINGING[index:index + 1] for index in range(len(PINGING))]
    wire.send(frame(TEXT, b"", fin=False) + b"".join(frame(MORE, part, fin=False) + frame(PING, b"between") for part in parts) + frame(MORE))
    for _ in parts:
        assert wire.next() == (PONG, b"between")
    assert b'"pong"' in wire.next()[1]
    wire.send(frame(TEXT, PINGING, mask=bytes(4)) + frame(BINARY, PINGING))
    assert b'"pong"' in wire.next()[1] and b'"pong"' in wire.next()[1]
    assert wire.send(frame(CLOSE)).code() is None


@pytest.mark.parametrize("data", [
    b"", b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), os.urandom(2_000), b"GET " + b"/" * 200_000,
    b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (number, b"y" * 900) for number in range(300)) + b"\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
])
def test_what_is_no_handshake_is_refused(broker, data):
    with socket.create_connection(("127.0.0.1", broker.port), timeout=20) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            got = b"".join(iter(lambda: connection.recv(65_536), b""))
        except OSError:
            got = b""
    assert b" 101 " not in got
    assert Wire(broker).send(frame(TEXT, PINGING)).next()[0] == TEXT


def resident(broker):
    """KiB of memory the broker has."""
    status = open(f"/proc/{broker.process.pid}/status").read()
    return int(status.split("VmRSS:")[1].split()[0])


def test_slow_readers_are_closed_before_they_cost_a_mebibyte(broker):
    asking = frame(TEXT, b'{"ticks_history":"1HZ100V","end":"latest","count":5000}')
    before, wires = resident(broker), [Wire(broker) for _ in range(20)]
    for wire in wires:
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        wire.send(asking * 100)

    def all_closed():
        for wire in wires:
            wire.send(frame(PONG))
        held = open(f"/proc/{broker.process.pid}/net/tcp").read()
        ports = {wire.socket.getsockname()[1] for wire in wires}
        return not [line for line in held.splitlines()[1:] if int(line.split()[2].split(":")[1], 16) in ports and line.split()[3] == "01"]
    peak = before

    def watched():
        nonlocal peak
        peak = max(peak, resident(broker))
        return all_closed()
    wait_until("all slow readers are closed", watched)
    assert peak - before < 20 * 1_024 + 16_384, f"{peak - before} KiB for 20 slow readers"
    assert Wire(broker).send(frame(TEXT, PINGING)).next()[0] == TEXT


def test_connections_of_one_address_shut_nobody_else_out(world):
    """All addresses of 127.0.0.0/8 are this machine's, but only 127.0.0.1 is its own by name: the others count as strangers."""
    server = world.serve(world.broker().url, proxies="127.0.0.9", connections_per_address=20)

    def connected(address):
        wire = socket.socket()
        wire.settimeout(10)
        wire.bind((address, 0))
        wire.connect(("127.0.0.1", server.port))
        return wire

    def answered(wire):
        try:
            wire.sendall(b"GET /api/v1/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            return wire.recv(12) == b"HTTP/1.1 200"
        except ConnectionError:
            return False

    held = [connected("127.0.0.2") for _ in range(60)]
    wait_until("those above the bound are closed", lambda: sum(map(answered, held)) == 20)
    assert answered(connected("127.0.0.3")) and server.api.get("/sessions")["items"] == []
    assert all(map(answered, [connected("127.0.0.9") for _ in range(60)])), "behind a proxy are many"
    for wire in held:
        wire.close()
    wait_until("who has gone counts no more", lambda: answered(connected("127.0.0.2")))
