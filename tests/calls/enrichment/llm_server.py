"""A small OpenAI-compatible server on loopback that answers as its script says."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class ScriptedServer:
    """Answers one request after the other as the script says; keeps what it was asked.

    A step is an answer (a dict), a status, or a word: cut off, refused, garbage, no schema, slow.
    """

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append(json.loads(body))
                server.keys.append(self.headers["Authorization"])
                status, answer = server.next_answer()
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Retry-After-Ms", "1")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                pass

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.httpd.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.httpd.shutdown()
        self.httpd.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.httpd.server_port}/v1"

    def next_answer(self) -> tuple[int, dict[str, Any]]:
        step = self.script.pop(0) if self.script else {}
        if step == "slow":
            time.sleep(0.5)
        if step == "no schema":
            return 400, {"error": {"message": "response_format json_schema is unknown here"}}
        if isinstance(step, int):
            return step, {"error": {"message": "scripted"}}
        content: str | None = json.dumps(step)
        if isinstance(step, str):
            content = {"cut off": '{"fields": [{"key": "sea', "refused": None}.get(step, "well {")
        message = {
            "role": "assistant",
            "content": content,
            "refusal": "I would rather not." if step == "refused" else None,
        }
        choice = {
            "index": 0,
            "message": message,
            "finish_reason": "length" if step == "cut off" else "stop",
        }
        usage = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
        return 200, {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "scripted",
            "choices": [choice],
            "usage": usage,
        }
