"""Moves the emulated platform where it does not move by itself, and knows when it did.

    with Actor(estate, lost, back, alarms=[(name, region)]) as actor:
        ...                  actor.url is the health check of the service
    actor.changes            the instants (UTC, epoch) at which it was lost and came back
"""
import http.server
import threading
import time


class Actor:
    """A thread that looks by the public API: once `lost()` holds, the address of the service
    answers 503 and its alarms are in ALARM; `pause_s` after `back()` holds both are well again.

    So a test knows when the service served, and a program that knows nothing of the actor has to
    measure the same.
    """

    def __init__(self, estate, lost, back, pause_s=1.0, alarms=()):
        self.estate, self.lost, self.back, self.pause_s = estate, lost, back, pause_s
        self.alarms = alarms
        self.healthy, self.changes, self.stop = True, [], threading.Event()
        actor = self

        class Health(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # the name that the library calls
                self.send_response(200 if actor.healthy else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Health)
        self.url = f"http://127.0.0.1:{self.server.server_port}/health"
        self.threads = [threading.Thread(target=self.server.serve_forever),
                        threading.Thread(target=self.act)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.server.shutdown()
        for thread in self.threads:
            thread.join()
        self.server.server_close()

    def turn(self, healthy):
        self.healthy = healthy
        self.changes.append(time.time())
        for name, region in self.alarms:
            self.estate.alarm(name, "OK" if healthy else "ALARM", region)

    def until(self, holds):
        """False where the test is over first."""
        while not self.stop.wait(0.05):
            if holds():
                return True
        return False

    def act(self):
        if not self.until(self.lost):
            return
        self.turn(False)
        if self.until(self.back) and not self.stop.wait(self.pause_s):
            self.turn(True)
