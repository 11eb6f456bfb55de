"""A file of vectors by the hash of their text, so that no text is embedded twice. Losing it costs time only."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Embed = Callable[[Sequence[str]], Matrix]

MOST = 20_000
"""Vectors kept; the oldest go first. With 384 components that is a file of 16 MB."""
_BATCH = 16


class Vectors:
    """Vectors of `width` components in the file at `path`; in this process alone if `None`.

    `maker` names what makes them: a vector by another maker is another one. They are kept at half precision, and given so
    from the first time on, so that an answer does not depend on what is in the file.
    """

    def __init__(self, path: Path | None, width: int, maker: str) -> None:
        self._path = path
        self._width = width
        self._maker = maker
        self._held = self._read()

    def of(self, texts: Sequence[str], embed: Embed, progress: Callable[[int, int], None] | None = None) -> Matrix:
        """The vectors of `texts`, in their order, shape `(len(texts), width)`; `embed` makes those that are not known.

        `progress` is told how many of the unknown ones are made, and how many there are.
        """
        import numpy as np

        keys = [self._key(t) for t in texts]
        unknown = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._held}
        wanted = list(unknown)
        try:
            for start in range(0, len(wanted), _BATCH):
                some = wanted[start : start + _BATCH]
                made = embed([unknown[k] for k in some]).astype(np.float16)
                self._held |= dict(zip(some, made, strict=True))
                if progress:
                    progress(start + len(some) - 1, len(wanted))
        finally:
            if wanted:
                self._write()
        return np.array([self._held[k] for k in keys], dtype=np.float32).reshape(len(keys), self._width)

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._maker}\0{text}".encode("utf-8", "surrogatepass")).digest()[:16]

    def _read(self) -> dict[bytes, NDArray[np.float16]]:
        import numpy as np

        if self._path is None:
            return {}
        try:
            rows = np.load(self._path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            # none yet, or damaged: it is made anew
            return {}
        if rows.dtype != self._row() or rows.ndim != 1:
            return {}
        sound = np.isfinite(rows["vector"]).all(axis=1)
        # `tobytes`, for an item of a numpy string loses the zero bytes at its end
        return {key.tobytes(): vector for key, vector in zip(rows["key"][sound], rows["vector"][sound], strict=True)}

    def _row(self) -> np.dtype[np.void]:
        import numpy as np

        return np.dtype([("key", "V16"), ("vector", "<f2", (self._width,))])

    def _write(self) -> None:
        """Put what is held into the file, with what others have put there meanwhile; whole or not at all."""
        import numpy as np

        if self._path is None:
            return
        self._held = {**self._read(), **self._held}
        kept = list(self._held.items())[-MOST:]
        rows = np.array(kept, dtype=self._row()) if kept else np.empty(0, self._row())
        # a cache that cannot be written makes the next call slower, and nothing else
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
            try:
                with os.fdopen(handle, "wb") as out:
                    np.save(out, rows, allow_pickle=False)
                Path(name).replace(self._path)
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise
