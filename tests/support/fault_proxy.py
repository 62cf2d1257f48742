"""Stands between the client and a server on this machine and breaks what it carries, as told.

    with FaultProxy(port) as proxy:
        proxy.plan = ["503", "cut", "pass"]      one word a request, then "pass" for ever

    pass       forwards and answers
    drop       forwards, then hangs up: the server has done it, the client cannot know
    cut        hangs up without forwarding
    half       forwards and hangs up in the middle of the answer
    late       forwards and answers after two seconds
    throttle, denied, expired, 500, 503     answers that itself
    garble     answers 200 with bytes that mean nothing
    page       answers 500 with an HTML page, and "gateway" 503 with one
    moved      answers 302 to `elsewhere`
    large      answers 200 with a megabyte
"""
import json
import socket
import threading
import time

CODES = {"throttle": (400, "ThrottlingException"), "denied": (403, "AccessDeniedException"),
         "expired": (400, "ExpiredTokenException"), "500": (500, "InternalFailure"),
         "503": (503, "ServiceUnavailable")}


def answer(status, body, kind="application/json", more=""):
    body = body if isinstance(body, bytes) else body.encode()
    return (f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}"
            "Connection: close\r\n\r\n").encode() + body


class FaultProxy:
    def __init__(self, port, elsewhere=""):
        self.server_port, self.elsewhere = port, elsewhere
        self.plan = []
        self.forwarded = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(10)

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    self.handle(connection)
                except (ConnectionError, socket.timeout):
                    pass  # the client has gone, as some of these faults make it

    def handle(self, connection):
        connection.settimeout(10)
        raw = self.request(connection)
        if raw is None:
            return
        fault = self.plan.pop(0) if self.plan else "pass"
        if fault == "cut":
            return
        if fault in ("pass", "drop", "half", "late"):
            reply = self.forward(raw)
            if fault == "late":
                time.sleep(2)
            if fault != "drop":
                connection.sendall(reply[:len(reply) // 2] if fault == "half" else reply)
            return
        connection.sendall(self.own(fault, raw))

    def own(self, fault, raw):
        if fault in CODES:
            status, code = CODES[fault]
            if b"x-amz-json" in raw.split(b"\r\n\r\n", 1)[0].lower():
                return answer(status, json.dumps({"__type": f"a.b#{code}", "message": "m"}))
            return answer(status, f"<ErrorResponse><Error><Code>{code}</Code></Error>"
                          "</ErrorResponse>", "text/xml")
        return {"garble": answer(200, b"\x1f\x8b\x00<{]\xff"),
                "page": answer(500, "<!doctype html><h1>Internal Server Error</h1>", "text/html"),
                "gateway": answer(503, "<html>no server</html>", "text/html"),
                "moved": answer(302, "", more=f"Location: {self.elsewhere}/\r\n"),
                "large": answer(200, json.dumps({"text": "x" * 1_000_000}))}[fault]

    @staticmethod
    def request(connection):
        raw = b""
        while b"\r\n\r\n" not in raw:
            part = connection.recv(65536)
            if not part:
                return None
            raw += part
        head, body = raw.split(b"\r\n\r\n", 1)
        length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                       if line.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def forward(self, raw):
        self.forwarded += 1
        head, body = raw.split(b"\r\n\r\n", 1)
        reply = b""
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=10) as server:
            server.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
            while part := server.recv(65536):
                reply += part
        return reply
