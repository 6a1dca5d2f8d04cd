"""Good bytes and a seed in, damaged ones out; and readers that must answer each with one message.

By hand, longer than in the tests:  pytest tests/test_fuzz.py --fuzz-seconds 150 -s
"""

import gzip
import io
import random
import resource
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyreg.errors import PyregError

FEWEST = 6  # files of a loop
MOST_SECONDS = 2  # that a file may take
MOST_MEGABYTES = 500  # that reading may take beyond what is taken already
# What numbers in files are replaced by.
NUMBERS = [0, 1, -1, 2**7, 2**8 - 1, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**60, 2**63, 2**64 - 1]
WORDS = [
    b"null", b"true", b"NaN", b"-Infinity", b"1e400", b"{}", b"[]", b'""', b"[[[[", b"\n", b",", b'"',
    b"\xff", b"\xc3", b"\0", b"9" * 400, b"-" * 50, b"*a", b"&a ", b"<<: *a", b"!!python/name:os ",
    b"\\u0000", b"../../etc", b"(0,)", b"(-1,)", b"'|O'", b"True", b"\x80\x04", b"PK\x01\x02", b"c",
]  # fmt: skip


class TooLongError(BaseException):
    """Reading took longer than it may."""


@dataclass
class Report:
    """What came of a loop.

    Attributes:
        read: files that were read as if whole. refused: those that got one message.
        escapes: what else came out, with the bytes that did it.
    """

    name: str
    read: int = 0
    refused: int = 0
    escapes: list[tuple[str, bytes]] = field(default_factory=list)
    megabytes: float = 0

    @property
    def number(self) -> int:
        return self.read + self.refused + len(self.escapes)

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.number:,} files, {self.refused:,} refused, {self.read:,} read, "
            f"{len(self.escapes)} escapes, {self.megabytes:.0f} MB more memory"
        )


def fuzz(
    name: str,
    originals: list[bytes],
    read: Callable[[bytes], object],
    seconds: float,
    seed: int = 1,
    containers: tuple[str, ...] = (),
) -> Report:
    """Read damaged bytes until the time is up, a few at least on the slowest machine.

    Args:
        read: raises a `PyregError` of one message, or returns.
        containers: how the bytes are packed, so that what is inside is damaged as well: `gzip`, `zip`.
    """
    generator, report = random.Random(seed), Report(name)
    before, end = peak_megabytes(), time.monotonic() + seconds
    while time.monotonic() < end or report.number < FEWEST:
        content = damaged(generator, generator.choice(originals), containers)
        try:
            with limited(MOST_SECONDS):
                read(content)
            report.read += 1
        except PyregError as error:
            report.refused += 1
            if len(str(error)) > 4000:
                report.escapes.append((f"a message of {len(str(error)):,} characters", content))
        except (Exception, TooLongError) as error:
            report.escapes.append((f"{type(error).__name__}: {error!s:.200}", content))
    report.megabytes = peak_megabytes() - before
    return report


def damaged(generator: random.Random, content: bytes, containers: tuple[str, ...]) -> bytes:
    """One to six changes, of the bytes themselves or of what is packed in them."""
    container = generator.choice(["none", *containers, *containers])
    if container == "gzip":
        return gzip.compress(changed(generator, gzip.decompress(content)), 1)
    if container == "zip":
        return repacked(generator, content)
    return changed(generator, content)


def repacked(generator: random.Random, content: bytes) -> bytes:
    """A zip file with one of its members changed, left out or twice there."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as stored, zipfile.ZipFile(out, "w", 8) as written:
        names = stored.namelist()
        chosen, way = generator.choice(names), generator.randrange(8)
        for name in names:
            member = stored.read(name)
            if name == chosen and way == 0:
                continue
            written.writestr(name, changed(generator, member) if name == chosen else member)
            if name == chosen and way == 1:
                written.writestr(f"{name}x", member)
    return out.getvalue()


def changed(generator: random.Random, content: bytes) -> bytes:
    result = bytearray(content)
    for _ in range(generator.randint(1, 6)):
        if not result:
            break
        at = generator.randrange(len(result))
        size = min(generator.choice([1, 1, 2, 4, 8, 40]), len(result) - at)
        way = generator.randrange(8)
        if way == 0:
            result[at] = generator.randrange(256)
        elif way == 1:
            result[at] ^= 1 << generator.randrange(8)
        elif way == 2:
            del result[at : at + size]
        elif way == 3:
            result[at:at] = result[at : at + size] * generator.choice([1, 2, 50])
        elif way == 4:
            del result[generator.choice([at, at, len(result)]) :]
        elif way == 5:
            result[at : at + size] = generator.choice(WORDS)
        elif way == 6:
            number = generator.choice(NUMBERS)
            width = generator.choice([1, 2, 4, 8])
            order = generator.choice(["little", "big"])
            result[at : at + width] = (number % 256**width).to_bytes(width, order)
        else:
            result[at : at + size] = str(generator.choice(NUMBERS)).encode()
    return bytes(result)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `TooLongError` when the block takes longer."""

    def stop(number: int, frame: object) -> None:
        raise TooLongError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def peak_megabytes() -> float:
    """The most memory this process has taken so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
