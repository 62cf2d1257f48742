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
    """Answers each request with `answer`, over TLS with a context; `keep` keeps connections."""

    EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"

    def __init__(self, answer=EMPTY, context=None, keep=False):
        self.answer = answer.replace(b"Connection: close\r\n", b"") if keep else answer
        self.context, self.keep = context, keep
        self.requests = []
        self.connections = []  # (number of the connection, target)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)

    def serve(self):
        number = 0
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            number += 1
            work = (connection, number)
            if self.keep:
                threading.Thread(target=self.talk, args=work, daemon=True).start()
            else:
                self.talk(*work)

    def talk(self, connection, number):
        with connection:
            connection.settimeout(10)
            try:
                if self.context:
                    connection = self.context.wrap_socket(connection, server_side=True)
                while raw := self.read(connection):
                    self.requests.append(Request(raw))
                    self.connections.append((number, self.requests[-1].target))
                    connection.sendall(self.answer)
                    if not self.keep:
                        break
            except OSError:
                return  # the client hung up, or did not like the certificate
            finally:
                connection.close()

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
