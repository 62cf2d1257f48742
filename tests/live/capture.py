"""A loopback server that keeps the raw bytes of each request and answers as it is told."""
import socket
import threading


class Request:
    """One request as it came over the wire."""

    def __init__(self, raw):
        head, self.body = raw.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)


class Capture:
    EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"

    def __init__(self, answer=EMPTY):
        self.answer = answer
        self.requests = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                raw = self.read(connection)
                if raw:
                    self.requests.append(Request(raw))
                    connection.sendall(self.answer)

    @staticmethod
    def read(connection):
        raw = b""
        while b"\r\n\r\n" not in raw:
            part = connection.recv(65536)
            if not part:
                return None
            raw += part
        head = raw.split(b"\r\n\r\n", 1)[0].lower()
        length = 0
        for line in head.split(b"\r\n")[1:]:
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if b"expect: 100-continue" in head:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(raw) < len(head) + 4 + length:
            raw += connection.recv(65536)
        return raw
