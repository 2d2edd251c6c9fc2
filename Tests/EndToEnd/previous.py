"""A client of the previous system, but for the key, and what its values look like. Every answer that it gets is held against
docs/openapi-previous.yaml."""

import http.client
import json
import re
import time
import sys

from harness import ROOT, decoded

sys.path.insert(0, str(ROOT / "Tests/EndToEnd/openapi"))
from contract import Contract  # noqa: E402

CONTRACT = Contract(ROOT / "docs/openapi-previous.yaml")

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TOKEN = "previous-system-1"


class Old:
    """A client of the previous system, but for the key."""

    def __init__(self, server):
        self.port, self.key = server.port, server.api.key

    def ask(self, method, path, body=None, key=True, root="/api/deriv", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Authorization": f"Bearer {self.key}"} if key else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        text = body if isinstance(body, (str, bytes)) else json.dumps(body) if body is not None else None
        connection.request(method, root + path, body=text, headers=sent)
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        # Of an address or a method that there is not, the document says nothing.
        if response.status not in (404, 405) or CONTRACT.template(root + path):
            faults = CONTRACT.faults(method, root + path, response.status, response.getheader("content-type"), raw)
            assert not faults or response.status == 405, faults
        return response.status, decoded(raw) if raw.startswith(b"{") else raw.decode()

    def raw(self, method, path):
        """The answer's text, letter by letter."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, "/api/deriv" + path, headers={"Authorization": f"Bearer {self.key}"})
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def health(self, path="", key=False):
        return self.ask("GET", path, key=key, root="/api/health")

    def data(self, method, path, body=None, **headers):
        status, answer = self.ask(method, path, body, **headers)
        assert status == 200 and answer["success"] is True, (status, answer)
        assert set(answer) == {"success", "data"}
        return answer["data"]

    def error(self, method, path, body=None, key=True, **headers):
        status, answer = self.ask(method, path, body, key, **headers)
        assert set(answer) == {"success", "error"} and answer["success"] is False, answer
        return status, answer["error"]

    def stream(self, path, last=None):
        return Frames(self, path, last)


class Frames:
    """Frames of `data:` alone, with the `id:` of the last one beside."""

    def __init__(self, old, path, last=None):
        self.last = last
        self.connection = http.client.HTTPConnection("127.0.0.1", old.port, timeout=30)
        headers = {"Authorization": f"Bearer {old.key}"} | ({"Last-Event-ID": last} if last is not None else {})
        self.connection.request("GET", "/api/deriv" + path, headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        assert CONTRACT.faults("GET", "/api/deriv" + path, 200, self.response.getheader("content-type"), b"") == []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def next(self):
        while True:
            line = self.response.readline().decode()
            assert line, "the stream ended"
            if line.startswith("id: "):
                self.last = line[4:].strip()
            elif line.startswith("data: "):
                return decoded(line[6:])
            else:
                assert line == "\n", line

    def until(self, kind, also=lambda frame: True, seconds=60):
        """The first frame of this type, with all before it in `passed`."""
        self.passed, ends = [], time.monotonic() + seconds
        while True:
            assert time.monotonic() < ends, f"no {kind} among {[frame['type'] for frame in self.passed]}"
            frame = self.next()
            if frame["type"] == kind and also(frame):
                return frame
            self.passed.append(frame)
