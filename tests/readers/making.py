"""What R's saveRDS() writes, byte by byte, without R."""

import struct


def integers(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}i", *numbers)


def string(text: str) -> bytes:
    return integers(9 | 1 << 18, len(text)) + text.encode()


def doubles(*numbers: float) -> bytes:
    return integers(14, len(numbers)) + struct.pack(f">{len(numbers)}d", *numbers)


HEADER = b"X\n" + integers(3, 0x40202, 0x30500, 5) + b"UTF-8"
END = integers(254)


def named(**values: bytes) -> bytes:
    """list(name = value, ...): a list with the attribute names."""
    strings = b"".join(map(string, values))
    return (
        integers(19 | 0x200, len(values)) + b"".join(values.values())
        + integers(2 | 0x400) + integers(1) + string("names") + integers(16, len(values)) + strings
        + END
    )  # fmt: skip


def keras_history() -> bytes:
    metrics = named(loss=doubles(0.5, 0.25), val_loss=doubles(0.75, 0.5), acc=doubles(0.5, 1))
    return named(params=named(epochs=integers(13, 1, 2)), metrics=metrics)


def data_frame() -> bytes:
    """as.data.frame(history): epochs, values, and factors."""
    factor = integers(13 | 0x200, 2, 1, 2) + integers(2 | 0x400, 1) + string("levels")
    halves = factor + integers(16, 2) + string("training") + string("validation") + END
    metrics = integers(16, 2) + string("loss") + string("loss")
    return named(epoch=integers(13, 2, 1, 1), value=doubles(0.5, 0.75), metric=metrics, data=halves)


def in_ascii(binary: bytes) -> bytes:
    """The same as saveRDS(ascii = TRUE) writes it."""
    lines, position = ["A"], 2

    def integer() -> int:
        nonlocal position
        (number,) = struct.unpack_from(">i", binary, position)
        position += 4
        lines.append("NA" if number == -(2**31) else str(number))
        return int(number)

    def text(length: int) -> None:
        nonlocal position
        lines.append(binary[position : position + length].decode())
        position += length

    for _ in range(3):
        integer()
    text(integer())
    while position < len(binary):
        kind = integer() & 0xFF
        if kind == 9:
            text(integer())
        elif kind == 14:
            for _ in range(integer()):
                (number,) = struct.unpack_from(">d", binary, position)
                position += 8
                lines.append(f"{number:.16g}")
        elif kind == 13:
            for _ in range(integer()):
                integer()
        elif kind in (16, 19):
            integer()
    return ("\n".join(lines) + "\n").encode()
