"""The driver program of the live tests as a Python object.

    with Caller(program, url) as aws:
        reply = aws.call("ecs", "DescribeServices", services=["payments"])
        reply["state"], reply["value"], reply["failure"]["kind"], reply["attempts"]
"""
import json
import os
import subprocess

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


class Caller:
    performed = set()  # (url, "service operation") of every call that has worked

    def __init__(self, program, url, *arguments, key=KEY, secret=SECRET, token="", attempts=3,
                 **environment):
        self.attempts = attempts
        self.url = url
        kept = {k: v for k, v in os.environ.items()
                if not k.startswith("AWS_") and not k.lower().endswith("_proxy")}
        kept.update(AWS_ENDPOINT_URL=url, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret)
        if token:
            kept["AWS_SESSION_TOKEN"] = token
        self.process = subprocess.Popen([program, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env={**kept, **environment})

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.process.stdin.close()
        status = self.process.wait(30)
        self.process.stdout.close()
        # A sanitizer speaks up at the end.
        assert kind is not None or status == 0, f"the driver program ended with {status}"

    def ask(self, line):
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise AssertionError(f"{line}: {answer['error']}")
        if answer["state"] == "ok" and "service" in line:
            self.performed.add((self.url, f"{line['service']} {line['operation']}"))
        return answer

    def call(self, service, operation, /, **parameters):
        return self.ask({"service": service, "operation": operation, "parameters": parameters,
                         "attempts": self.attempts})

    def ok(self, service, operation, /, **parameters):
        """The value of a call that has to work."""
        reply = self.call(service, operation, **parameters)
        if reply["state"] != "ok":
            raise AssertionError(f"{service} {operation}: {reply['state']} {reply['failure']}")
        return reply["value"]


def operations(program):
    text = subprocess.run([program, "--operations"], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in text.stdout.splitlines()]
