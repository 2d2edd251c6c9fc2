"""What keeps strangers out, from outside: ciphers, and the log of who was refused."""

import re
import socket
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import API, People, wait_until


def test_ciphers_without_forward_secrecy_are_refused(world):
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                           "subjectAltName=DNS:localhost", "-keyout", world.folder / "key.pem", "-out", world.folder / "cert.pem"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    settings = world.settings("ws://127.0.0.1:9/", tls="server", tls_certificate=world.folder / "cert.pem", tls_key=world.folder / "key.pem")
    port = int(world._run("server", ["serve"], settings).wait_for(r"address=https://127\.0\.0\.1:(\d+)")[1])

    def shake(ciphers=None, version=ssl.TLSVersion.TLSv1_2):
        trust = ssl.create_default_context(cafile=world.folder / "cert.pem")
        trust.minimum_version = trust.maximum_version = version
        if ciphers:
            trust.set_ciphers(ciphers)
        with socket.create_connection(("127.0.0.1", port), 10) as plain, trust.wrap_socket(plain, server_hostname="localhost") as secure:
            return secure.version(), secure.cipher()[0]

    assert shake(version=ssl.TLSVersion.TLSv1_3)[0] == "TLSv1.3"
    for good in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"):
        assert shake(good) == ("TLSv1.2", good)
    for weak in ("AES128-GCM-SHA256", "AES256-SHA", "ECDHE-RSA-AES128-SHA"):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            shake(weak + ":@SECLEVEL=0")


def test_who_is_refused_stands_in_the_log(world):
    server = world.serve(world.broker().url, log_ins_per_minute=1000, unknown_per_minute=100_000)
    people = People(world, server)
    ada = people.add("ada", "viewer")

    def line(pattern):
        return wait_until(pattern, lambda: re.search(rf"request refused.*|.*{pattern}.*request refused", server.log) and re.search(pattern, server.log))

    assert people.send("/log-in", {"email": "ada@example.org", "password": "wrong"}).status == 401
    line(r"address=127\.0\.0\.1 code=log_in_refused method=POST route=/api/v1/log-in status=401")
    assert ada.ask("GET", "/people").status == 403
    line(r"address=127\.0\.0\.1 code=forbidden method=GET route=/api/v1/people status=403")
    assert ada.ask("GET", "/me", headers={"Host": "evil.example"}).status == 421
    line(r"code=host_not_allowed")
    # A flood fills no disk: the rest is counted.
    stranger = API(server.port, "sgk_wrong")
    for _ in range(400):
        assert stranger.ask("GET", "/me").status == 401
    lines = [text for text in server.log.splitlines() if "request refused" in text]
    assert 100 <= len(lines) <= 140, len(lines)
    assert "sgk_wrong" not in server.log


def test_nobody_writes_lines_into_the_log(world):
    server = world.serve(world.broker().url, log_level="debug", unknown_per_minute=100_000)
    api = server.api
    account = api.add_account()
    planted = "planted\n2026-01-01T00:00:00+0000 error signalist: it was me"
    for method, path, body, headers in (
            ("POST", "/sessions", {"account": account, "name": planted, "stake": {"fixed": "1.00"}}, {}),
            ("POST", "/signals", {"symbol": planted, "kind": "even"}, {}), ("POST", "/signals", {"symbol": "1HZ100V", "kind": "even", "id": planted, "source": planted}, {}),
            ("POST", "/hooks", {"name": planted, "format": "signed", "source": planted}, {}), ("POST", "/accounts", {"token": planted}, {}),
            ("POST", "/log-in", {"email": planted, "password": planted}, {"Authorization": None}), ("GET", "/sessions/planted%0a2026", None, {}),
            ("GET", "/sessions?planted%0a=planted%0a", None, {}), ("POST", "/set-up", {"code": planted, "email": "a@example.org", "name": planted, "password": planted}, {"Authorization": None})):
        api.ask(method, path, body, headers)
    api.ask("GET", "/health", headers={"User-Agent": "planted\tit was me", "X-Forwarded-For": "planted"})
    wait_until("the last is logged", lambda: "route=/api/v1/health " in server.log)
    # Each line begins with its time; the words stand at the beginning of none, and after no time but the server's own.
    for line in server.log.splitlines():
        assert re.match(r"20\d\d-\d\d-\d\dT\S+ (debug|info|notice|warning|error) signalist: ", line), line
        assert "error signalist: it was me" not in line, line


def test_many_accounts_at_once_leave_the_server_answering(world):
    """Threads that waited for a reader of the database once held all that could have freed one."""
    server = world.serve(world.broker().url, writes_per_minute=100_000, reads_per_minute=100_000)
    with ThreadPoolExecutor(16) as many:
        added = list(many.map(lambda number: server.api.ask("POST", "/accounts", {"token": f"many-{number}"}, timeout=20).status, range(160)))
    assert set(added) == {201}
    assert len(server.api.get("/accounts")["items"]) == 160
