"""One request to `/chat/completions` of any OpenAI-compatible server, with the standard library alone.

Nothing is followed, resent or read without a bound: a server may be slow, wrong or hostile.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from papergraph.errors import PapergraphError, UsageError

LARGEST = 1_000_000
"""Bytes of an answer that are read."""
ATTEMPTS = 3
"""How often one request is sent at most."""
LONGEST_WAIT = 20.0
"""Seconds between two attempts at most, whatever the server asks for."""
_AGAIN = (429, 500, 502, 503, 504)
_VISIBLE = re.compile(r"[\x21-\x7e]+")


class ChatError(PapergraphError):
    """The server did not answer, or refused; asking on would do no better."""


class UnusableAnswerError(PapergraphError):
    """The server answered, but not what was asked for; the next answer may be better."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to send: `path` with the query, ending in `/chat/completions`; `shown` is for people, without the query."""

    secure: bool
    host: str
    port: int
    path: str
    shown: str


def parse_address(text: str, *, insecure: bool = False) -> Address:
    """The address that `text` (`https://host/v1`) means.

    Raises
    ------
    UsageError
        If it is none of the web, holds a user or password, or is plain http to another machine without `insecure`.
    """
    text = text.strip()
    try:
        found = urlsplit(text)
        host, port = found.hostname or "", found.port
    except ValueError as error:
        raise UsageError(f"--llm: no web address ({error}); give one such as https://api.example.com/v1 or http://localhost:11434/v1") from error
    # `urlsplit` passes over line breaks, so the whole is looked at
    if found.scheme not in ("http", "https") or not host or not _VISIBLE.fullmatch(text):
        raise UsageError("--llm: no web address; give one such as https://api.example.com/v1 or http://localhost:11434/v1")
    if found.username is not None or found.password is not None:
        raise UsageError("--llm: an address with a user or password in it is not used; put the key into PAPERGRAPH_LLM_KEY")
    secure = found.scheme == "https"
    if not secure and not insecure and not _is_loopback(host):
        raise UsageError(f"--llm: plain http to {host} could be read on the way; use https://, or say --insecure if that is meant")
    path = found.path.rstrip("/")
    path += "" if path.endswith("/chat/completions") else "/chat/completions"
    port = port or (443 if secure else 80)
    shown = f"{found.scheme}://{f'[{host}]' if ':' in host else host}:{port}{path}"
    return Address(secure, host, port, path + (f"?{found.query}" if found.query else ""), shown)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: Annotated[list[_Choice], Field(min_length=1)]


class _Problem(BaseModel):
    message: str


class _Refusal(BaseModel):
    error: _Problem


class Chat:
    """Asks the model `model` at `address`.

    Parameters
    ----------
    key
        Goes into the `Authorization` header of requests to `address`, and nowhere else.
    timeout
        Seconds for one request, from its first byte to the last byte of the answer.
    pause
        Waits so many seconds.

    Raises
    ------
    UsageError
        If the key cannot stand in a header; it is not shown.
    """

    def __init__(self, address: Address, model: str, *, key: str | None = None, timeout: float = 120.0, pause: Callable[[float], None] = time.sleep) -> None:
        if key and not _VISIBLE.fullmatch(key):
            raise UsageError("PAPERGRAPH_LLM_KEY holds white space or other characters that no key has; set it anew")
        self.address = address
        self.model = model
        self._key = key
        self._timeout = timeout
        self._pause = pause

    def __repr__(self) -> str:
        return f"Chat({self.address.shown!r}, {self.model!r})"

    def ask(self, messages: Sequence[dict[str, str]]) -> str:
        """What the model answers to `messages`.

        Raises
        ------
        ChatError
            If there is no answer in time, a redirect, or a refusal; 429 and 5xx only after `ATTEMPTS`.
        UnusableAnswerError
            If the answer is no chat completion, or too long.
        """
        body = json.dumps({"model": self.model, "messages": list(messages), "temperature": 0, "stream": False}).encode("ascii")
        for attempt in range(1, ATTEMPTS + 1):
            status, headers, data = self._post(body)
            if status not in _AGAIN or attempt == ATTEMPTS:
                break
            self._pause(_wait(headers, attempt))
        if 300 <= status < 400:
            raise ChatError(f"{self.address.shown} redirects to {str(headers.get('Location', 'nowhere'))[:200]!r}; that is not followed: if you trust it, give it with --llm")
        if status in (401, 403):
            raise ChatError(f"{self.address.shown} refuses the key ({status}){self._told(data)}; set PAPERGRAPH_LLM_KEY")
        if status != 200:
            tried = f" {ATTEMPTS} times" if status in _AGAIN else ""
            raise ChatError(f"{self.address.shown} answers {status}{tried}{self._told(data)}; check --llm and --model, or try again later")
        try:
            return _Completion.model_validate_json(data).choices[0].message.content
        except ValidationError as error:
            raise UnusableAnswerError("the answer is no chat completion") from error

    def _told(self, data: bytes) -> str:
        """The server's own words on an error, if it has any; never the key, should it repeat it."""
        try:
            message = _Refusal.model_validate_json(data).error.message
        except ValidationError:
            return ""
        if self._key:
            message = message.replace(self._key, "…")
        return f" (“{message[:200]}”)"

    def _post(self, body: bytes) -> tuple[int, http.client.HTTPMessage, bytes]:
        address = self.address
        connection: http.client.HTTPConnection
        if address.secure:
            connection = http.client.HTTPSConnection(address.host, address.port, timeout=self._timeout, context=ssl.create_default_context())
        else:
            connection = http.client.HTTPConnection(address.host, address.port, timeout=self._timeout)
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "papergraph"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        late = threading.Event()
        clock: threading.Timer | None = None
        try:
            connection.connect()
            # a socket's own limit counts from byte to byte, so that a server could go on for ever
            clock = threading.Timer(self._timeout, _cut, (connection.sock, late))
            clock.daemon = True
            clock.start()
            connection.request("POST", address.path, body, headers)
            answer = connection.getresponse()
            data = answer.read(LARGEST + 1)
            status, told = answer.status, answer.headers
        except (OSError, ValueError, http.client.HTTPException) as error:
            if late.is_set() or isinstance(error, TimeoutError):
                raise self._too_late() from error
            raise ChatError(f"{address.shown} cannot be reached, or does not speak HTTP ({str(error) or type(error).__name__}); check --llm") from error
        finally:
            if clock is not None:
                clock.cancel()
            connection.close()
        if late.is_set():
            raise self._too_late()
        if len(data) > LARGEST:
            raise UnusableAnswerError(f"the answer is longer than {LARGEST:,} bytes")
        return status, told, data

    def _too_late(self) -> ChatError:
        return ChatError(f"{self.address.shown} did not answer within {self._timeout:g} seconds; try again, or give it more with --timeout")


def _cut(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _wait(headers: http.client.HTTPMessage, attempt: int) -> float:
    asked = headers.get("Retry-After", "")
    wanted = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 2.0 ** (attempt - 1)
    return min(wanted, LONGEST_WAIT)
