"""Bytes → files that a power cut does not take back."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from papergraph.writeback.manifest import NO_LINKS, Entry


def put(file: Path, data: bytes) -> None:
    """Write a new file of the user's own, down to the disk."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def put_beside(entry: Entry, data: bytes) -> None:
    """Write the new contents beside a file, with its mode, owner and attributes."""
    file, temp = entry.place, entry.beside
    was = file.stat()
    put(temp, data)
    made = temp.stat()
    if hasattr(os, "chown") and (made.st_uid, made.st_gid) != (was.st_uid, was.st_gid):
        os.chown(temp, was.st_uid, was.st_gid)
    shutil.copystat(file, temp)
    os.utime(temp)
    temp.chmod(stat.S_IMODE(was.st_mode))


def sync(folder: Path) -> None:
    """Bring a folder's names down to the disk, where that can be asked for."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
