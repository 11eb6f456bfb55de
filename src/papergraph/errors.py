"""The errors that papergraph raises: each says what was seen, what was expected and what to do next."""

from __future__ import annotations


class PapergraphError(Exception):
    """A request that failed. Its text is one complete message for the user."""


class UsageError(PapergraphError):
    """The request itself was wrong (an unknown type, a paper related to itself)."""


class LexiconError(PapergraphError):
    """A user's own lexicon that is not as it should be; the message names the file and the line."""


class NotesError(PapergraphError):
    """A file of notes could not be read."""


class MissingExtraError(PapergraphError):
    """An optional package that was asked for is not installed."""


class StoreError(PapergraphError):
    """The store could not be opened, read or written."""


class StoreBusyError(StoreError):
    """Another process holds the store's write lock."""


class StoreMissingError(StoreError):
    """There is no store at that place yet."""


class StaleError(StoreError):
    """Somebody else has changed what a change was made for; reading again and making it anew may do."""


class UnknownNameError(PapergraphError):
    """A name matches nothing; `nearest` holds `(id, name)` of the closest ones, best first."""

    def __init__(self, message: str, nearest: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.nearest = nearest


class AmbiguousNameError(PapergraphError):
    """A name matches several things; `candidates` holds `(id, name)` of each."""

    def __init__(self, message: str, candidates: tuple[tuple[str, str], ...]) -> None:
        super().__init__(message)
        self.candidates = candidates
