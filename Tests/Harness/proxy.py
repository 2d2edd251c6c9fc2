"""A proxy between the server and the broker that knows WebSocket frames and makes the network as bad as it is told.

It listens on a port of its own in a thread of its own. What it does to the bytes is its `weather`, which may change at any
moment and is rolled from a seed: latency, frames of the broker that are lost, doubled or late, connections cut after a
number of bytes of one direction, and directions that are held, so that the socket is half open.
"""

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Weather:
    """Times are seconds; chances are of one frame of the broker, or of one connection."""
    latency: float = 0.0
    lost: float = 0.0
    doubled: float = 0.0
    late: float = 0.0
    late_most: float = 0.3
    cut: float = 0.0
    cut_most: int = 4_000
    hold_up: bool = False
    hold_down: bool = False
    refuse: bool = False


CALM = Weather()


class Proxy:
    def __init__(self, target, seed, narrow=False):
        """`narrow`: the system and this proxy take next to nothing ahead of what is passed on, so that a held socket is soon full."""
        self.narrow = narrow
        self.target, self.random, self.weather, self.counts = target, random.Random(seed), CALM, Counter()
        self.loop = asyncio.new_event_loop()
        self.connections = set()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        assert ready.wait(10), "the proxy did not start"

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/websockets/v3"

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)
        listener = socket.socket()
        if self.narrow:
            # Both are what the other side's system goes by when it sizes its own buffer.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        listener.bind(("127.0.0.1", 0))
        limit = {"limit": 1_024} if self.narrow else {}
        server = self.loop.run_until_complete(asyncio.start_server(self._serve, sock=listener, **limit))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def turn(self, weather):
        """From now on. What is held is let go when its direction is not held any more."""
        self.weather = weather

    def cut_all(self):
        """Ends every connection with a reset, in both directions."""
        def cut():
            for connection in list(self.connections):
                connection.cut()
        self.loop.call_soon_threadsafe(cut)

    async def _serve(self, reader, writer):
        if self.weather.refuse:
            self.counts["refused"] += 1
            return Connection.reset(writer)
        try:
            broker_reader, broker_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return Connection.reset(writer)
        connection = Connection(self, reader, writer, broker_reader, broker_writer)
        self.connections.add(connection)
        try:
            await connection.run()
        except asyncio.CancelledError:
            pass  # The proxy ends.
        finally:
            self.connections.discard(connection)


class Connection:
    def __init__(self, proxy, reader, writer, broker_reader, broker_writer):
        self.proxy, self.reader, self.writer = proxy, reader, writer
        self.broker_reader, self.broker_writer = broker_reader, broker_writer
        dice, weather = proxy.random, proxy.weather
        # Bytes after which the connection is cut, in one direction.
        self.left = {"up": None, "down": None}
        if dice.random() < weather.cut:
            # The handshake and the login come first; most cuts are meant for what follows.
            self.left[dice.choice(["up", "down"])] = dice.randint(1, weather.cut_most)

    @staticmethod
    def reset(writer):
        """Closes at once; what is unsent is dropped, and the other side hears a reset."""
        try:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except (OSError, AttributeError):
            pass
        writer.transport.abort()

    def cut(self):
        self.reset(self.writer)
        self.reset(self.broker_writer)

    async def run(self):
        # What the client wrote still arrives when the client is gone, or it does not: both happen.
        upward = asyncio.ensure_future(self._up())
        downward = asyncio.ensure_future(self._down())
        await asyncio.wait([upward, downward], return_when=asyncio.FIRST_COMPLETED)
        if upward.done() and self.proxy.random.random() < 0.5:
            self.broker_writer.close()
            await asyncio.wait([downward], timeout=0.2)
        for task in (upward, downward):
            task.cancel()
        self.cut()

    def _spend(self, direction, data):
        """The part of `data` that may pass before the cut; None of a cut is still to come."""
        left = self.left[direction]
        if left is None:
            return data, False
        if len(data) < left:
            self.left[direction] = left - len(data)
            return data, False
        self.proxy.counts["cut"] += 1
        return data[:left], True

    async def _wait(self, direction):
        weather = self.proxy.weather
        if weather.latency:
            await asyncio.sleep(self.proxy.random.random() * weather.latency)
        held = False
        while self.proxy.weather.hold_up if direction == "up" else self.proxy.weather.hold_down:
            if not held:
                held = True
                self.proxy.counts[f"held {direction}"] += 1
            await asyncio.sleep(0.01)

    async def _up(self):
        try:
            while data := await self.reader.read(65_536):
                await self._wait("up")
                data, is_cut = self._spend("up", data)
                self.broker_writer.write(data)
                if is_cut:
                    return
        except OSError:
            pass

    async def _down(self):
        try:
            head = await self.broker_reader.readuntil(b"\r\n\r\n")
            if not self._pass(head):
                return
            while True:
                frame, is_text = await self._frame()
                await self._wait("down")
                weather, dice = self.proxy.weather, self.proxy.random
                if is_text and dice.random() < weather.lost:
                    self.proxy.counts["lost"] += 1
                    continue
                if is_text and dice.random() < weather.late:
                    self.proxy.counts["late"] += 1
                    self.proxy.loop.call_later(dice.random() * weather.late_most, self._pass, frame)
                    continue
                copies = 2 if is_text and dice.random() < weather.doubled else 1
                self.proxy.counts["doubled"] += copies - 1
                for _ in range(copies):
                    if not self._pass(frame):
                        return
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass

    def _pass(self, data):
        """False when the connection is to be cut after it."""
        data, is_cut = self._spend("down", data)
        if not self.writer.transport.is_closing():
            self.writer.write(data)
        return not is_cut

    async def _frame(self):
        """One whole frame of the broker, which does not mask."""
        head = await self.broker_reader.readexactly(2)
        length, extra = head[1] & 0x7F, b""
        if length == 126:
            extra = await self.broker_reader.readexactly(2)
            length = struct.unpack(">H", extra)[0]
        elif length == 127:
            extra = await self.broker_reader.readexactly(8)
            length = struct.unpack(">Q", extra)[0]
        return head + extra + await self.broker_reader.readexactly(length), head[0] & 0x0F == 1
