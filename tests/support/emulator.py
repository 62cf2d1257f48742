"""Python with the pinned packages of the live tests, and the AWS emulators on this machine.

    python = installed(build_folder)     a path, or None where the packages cannot be had
    with Emulator(python) as emulator:         emulator.url
    with SecondEmulator(python) as emulator:   for what the first lacks
"""
import fcntl
import http.client
import os
import socket
import subprocess
import time
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = ROOT / "tests/live/requirements.txt"
SERVER = ROOT / "tests/support/moto_one_at_a_time.py"


def installed(build):
    """Tests run side by side: whoever comes first installs, the others wait for it."""
    with open(Path(build) / "emulator.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return install(Path(build) / "emulator")


def install(folder):
    python = folder / "bin/python3"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    mark = folder / "installed.txt"
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted:
        return python
    try:
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes",
                        "--disable-pip-version-check", "-r", REQUIREMENTS],
                       check=True, timeout=300)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"the packages of the live tests cannot be installed: {error}")
        return None
    mark.write_text(wanted, encoding="utf-8")
    return python


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A program that answers on loopback, on a free port; stopped on the way out."""

    def __init__(self, words, environment):
        # Credentials and settings of whoever runs the tests stay out of it, and it looks for none,
        # on this machine or at its cloud.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        kept.update(AWS_EC2_METADATA_DISABLED="true", AWS_ACCESS_KEY_ID="test",
                    AWS_SECRET_ACCESS_KEY="test", HOME="/nonexistent")
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env={**kept, **environment})

    def answers(self):
        raise NotImplementedError

    def __enter__(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                self.answers()
                return self
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
        self.__exit__()
        raise TimeoutError("the emulator does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Emulator(Server):
    """moto."""

    def __init__(self, python, **environment):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__([python, SERVER, "-H", "127.0.0.1", "-p", str(self.port)], environment)

    def answers(self):
        self.post("reset")

    def post(self, what, body=b""):
        request = urllib.request.Request(f"{self.url}/moto-api/{what}", data=body, method="POST",
                                         headers={"Content-Type": "text/plain"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read()


class SecondEmulator(Server):
    """ministack, for calls that moto lacks. Unless it is told otherwise it listens on every
    address of the machine, and for MQTT as well."""

    def __init__(self, python):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        super().__init__([Path(python).parent / "ministack"], {
            "GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0"})

    def answers(self):
        with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=5) as answer:
            return answer.read()
