"""Writes the smallest file of Outlook's format that a reader takes: streams of 4096 bytes and more,
so that the file needs no second table for small ones."""

import struct

END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
LEAST = 4096
Streams = dict[str, bytes]


def msg(streams: Streams, attachment: Streams) -> bytes:
    """Return an .msg of these properties and one attachment, by the names of their streams."""
    folder = "__attach_version1.0_#00000000"
    top = list(streams)
    # The directory: the root, its streams, the folder, the folder's streams; siblings in a row.
    rows = [("Root Entry", 5, b"", FREE, 1)]
    for place, name in enumerate(top, start=1):
        rows.append((name, 2, streams[name], place + 1, FREE))
    first_inner = len(top) + 2
    rows.append((folder, 1, b"", FREE, first_inner))
    inner = list(attachment)
    for place, name in enumerate(inner):
        after = first_inner + place + 1 if place + 1 < len(inner) else FREE
        rows.append((name, 2, attachment[name], after, FREE))
    directory_sectors = -(-len(rows) // 4)
    fat, sectors, entries = [], [], []
    for _ in range(1 + directory_sectors):
        fat.append(END)
    fat[0] = FAT
    for number in range(1, directory_sectors):
        fat[number] = number + 1
    for name, kind, content, sibling, child in rows:
        start, size = END if kind == 2 else 0, 0
        if kind == 2:
            padded = content.ljust(LEAST, b"\0")
            padded += b"\0" * (-len(padded) % 512)
            start, size = len(fat), max(len(content), LEAST)
            count = len(padded) // 512
            fat += [len(fat) + step + 1 for step in range(count - 1)] + [END]
            sectors.append(padded)
        if kind == 5:
            start = END
        label = name.encode("utf-16-le") + b"\0\0"
        entries.append(
            label.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(label), kind, 1, FREE, sibling, child)
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, LEAST, END, 0, END, 0)
        + struct.pack("<I", 0) + struct.pack("<I", FREE) * 108
    )  # fmt: skip
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    assert len(table) == 512, "more than one table is needed"
    directory = b"".join(entries).ljust(directory_sectors * 512, b"\0")
    return header + table + directory + b"".join(sectors)
