"""What a test needs and cannot get: skipped, or failed where everything must be tested."""
import os


def missing(what):
    """Prints it; gives the exit code: 77, by which CTest knows a skipped test, or 1 where
    `tools/test --require-all` was asked for."""
    print(f"not here: {what}")
    return 1 if os.environ.get("FIREDRILL_REQUIRE_ALL") else 77
