"""A program at a real terminal of 80 columns: what it shows, and what somebody types.

    with Terminal([program, ...], environment) as terminal:
        terminal.until("[1] ")     what was shown since the last look, up to the end of that line
        terminal.type("n seen")
        terminal.ended()           the exit code; what was shown is terminal.shown
"""
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time


class Terminal:
    def __init__(self, words, environment, columns=80):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self.program = subprocess.Popen(
            list(map(str, words)), stdin=theirs, stdout=theirs, stderr=theirs,
            env={"TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1", **environment},
            start_new_session=True)
        os.close(theirs)
        self.shown, self.looked, self.ends = "", 0, False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()
        os.close(self.ours)

    def read(self, seconds):
        """Whether there was anything; at the end of the program there is not."""
        if not select.select([self.ours], [], [], seconds)[0]:
            return False
        try:
            found = os.read(self.ours, 65536)
        except OSError:  # nobody holds the other side any more
            found = b""
        self.ends = not found
        self.shown += found.decode("utf-8").replace("\r\n", "\n")
        return bool(found)

    def until(self, text, seconds=60):
        """Waits for a whole line that holds `text`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.ends:
            at = self.shown.find(text, self.looked)
            end = self.shown.find("\n", at)
            if at >= 0 and end >= 0:
                found, self.looked = self.shown[self.looked:end], end
                return found
            self.read(0.2)
        raise AssertionError(f"no \"{text}\" in:\n{self.shown[self.looked:]}")

    def type(self, line=""):
        os.write(self.ours, line.encode("utf-8") + b"\n")

    def ended(self, seconds=60):
        until = time.monotonic() + seconds
        while not self.ends and time.monotonic() < until:
            self.read(0.2)
        if not self.ends:
            raise AssertionError(f"it has not ended:\n{self.shown[self.looked:]}")
        return self.program.wait(10)
