"""A Neo4j Community server on this machine without Docker, from Maven artifacts: needs Java 17 or newer and Maven.

usage: python server/run.py [--home DIR] [--port N] [--heap SIZE] [--page-cache SIZE]

Runs until Ctrl-C. The data and a password made for it stay in the home folder, so that the next start goes on with them.
The tests and the benchmark start their servers by `Server` here.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
START_SECONDS = 120
STOP_SECONDS = 60
_OPEN = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
_SERVER = "org.neo4j.server.CommunityEntryPoint"
_ADMIN = "org.neo4j.server.startup.Neo4jAdminCommand"


class ServerError(Exception):
    """The server could not be had; the text says what is missing."""


def missing() -> str | None:
    """What this machine lacks for a server, or `None`."""
    lacking = [name for name in ("java", "mvn") if shutil.which(name) is None]
    return f"needs {' and '.join('Maven' if n == 'mvn' else 'Java 17' for n in lacking)}" if lacking else None


def class_path() -> str:
    """The server's jars, fetched by Maven the first time (123 MB)."""
    lacking = missing()
    if lacking:
        raise ServerError(f"a local Neo4j server {lacking}")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "classpath"
        command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:build-classpath", f"-Dmdep.outputFile={out}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerError(f"Maven could not fetch the server:\n{(done.stdout + done.stderr)[-2000:]}")
        return out.read_text(encoding="utf-8").strip()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Server:
    """One server in a home folder, listening on loopback only.

    Parameters
    ----------
    home
        Its folder; made with a fresh password where there is none.
    port
        The Bolt port; a free one if 0.
    heap, page_cache
        Sizes as Java and Neo4j write them.
    settings
        Further lines of `neo4j.conf`.
    """

    def __init__(self, home: Path, *, port: int = 0, heap: str = "1g", page_cache: str = "256m", settings: tuple[str, ...] = (), classes: str | None = None) -> None:
        self.home = home.resolve()
        self.port = port or free_port()
        self.heap, self.page_cache, self.settings = heap, page_cache, settings
        self.classes = classes or class_path()
        self.process: subprocess.Popen[bytes] | None = None
        (self.home / "conf").mkdir(parents=True, exist_ok=True)
        secret = self.home / "password"
        self.new = not secret.exists()
        if self.new:
            secret.touch(mode=0o600)
            # one that begins with a dash is an option to neo4j-admin
            secret.write_text("p" + secrets.token_urlsafe(18), encoding="utf-8")
        self.password = secret.read_text(encoding="utf-8")

    @property
    def uri(self) -> str:
        return f"bolt://127.0.0.1:{self.port}"

    def _configure(self) -> None:
        lines = (
            "server.default_listen_address=127.0.0.1",
            f"server.bolt.listen_address=127.0.0.1:{self.port}",
            f"server.bolt.advertised_address=127.0.0.1:{self.port}",
            "server.http.enabled=false",
            "server.https.enabled=false",
            "dbms.security.auth_enabled=true",
            "dbms.usage_report.enabled=false",
            f"server.memory.heap.initial_size={self.heap}",
            f"server.memory.heap.max_size={self.heap}",
            f"server.memory.pagecache.size={self.page_cache}",
            "db.tx_log.rotation.retention_policy=2 files",
            *self.settings,
        )
        (self.home / "conf" / "neo4j.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _java(self, *arguments: str) -> list[str]:
        """The command line, with all that is long or secret in a file that only the user may read."""
        handle, name = tempfile.mkstemp(dir=self.home, prefix="arguments-")
        quoted = ('"' + a.replace("\\", "\\\\").replace('"', '\\"') + '"' for a in ("-cp", self.classes, *arguments))
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write("\n".join(quoted))
        return ["java", f"-Xms{self.heap}", f"-Xmx{self.heap}", *(f"--add-opens=java.base/{p}=ALL-UNNAMED" for p in _OPEN), f"@{name}"]

    def admin(self, *arguments: str) -> str:
        """Run a command of `neo4j-admin` on the stopped server's home; gives its output."""
        self._configure()
        environment = {**os.environ, "NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf"), "HEAP_SIZE": self.heap}
        done = subprocess.run(self._java(_ADMIN, *arguments), capture_output=True, text=True, check=False, env=environment, cwd=self.home)
        self._clean()
        if done.returncode:
            raise ServerError(f"neo4j-admin {' '.join(arguments[:2])} failed:\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout

    def _clean(self) -> None:
        for left in self.home.glob("arguments-*"):
            left.unlink(missing_ok=True)

    def start(self) -> Server:
        """Start it and wait until it answers."""
        if self.new:
            self.admin("dbms", "set-initial-password", self.password)
            self.new = False
        self._configure()
        command = self._java(_SERVER, f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}")
        with (self.home / "console.log").open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise ServerError(f"the Neo4j server did not start; see {self.home}/logs/neo4j.log\n{self._tail()}")
            time.sleep(0.2)
        self._clean()
        return self

    def _answers(self) -> bool:
        """Whether Bolt is spoken at the port: the handshake's four bytes come back."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as s:
                s.sendall(b"\x60\x60\xb0\x17" + b"\x00\x00\x04\x05" + b"\x00" * 12)
                return len(s.recv(4)) == 4
        except OSError:
            return False

    def _tail(self) -> str:
        log = self.home / "logs" / "neo4j.log"
        return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Shut it down; calling it again does nothing."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        self._clean()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--home", type=Path, default=Path("neo4j-home"), help="the folder of its data (neo4j-home)")
    options.add_argument("--port", type=int, default=7687, help="the Bolt port (7687)")
    options.add_argument("--heap", default="1g", help="Java's heap (1g)")
    options.add_argument("--page-cache", default="512m", help="Neo4j's page cache (512m)")
    given = options.parse_args()
    try:
        print("starting Neo4j (the first time, Maven fetches 123 MB)", file=sys.stderr)
        server = Server(given.home, port=given.port, heap=given.heap, page_cache=given.page_cache).start()
    except ServerError as error:
        sys.exit(f"error: {error}")
    print(f"running until Ctrl-C; in another terminal:\n\n  export NEO4J_USERNAME=neo4j NEO4J_PASSWORD=\"$(cat '{server.home}/password')\"\n  papergraph --db {server.uri} import NOTES\n")
    with contextlib.suppress(KeyboardInterrupt):
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        assert server.process is not None
        server.process.wait()
    server.stop()


if __name__ == "__main__":
    main()
