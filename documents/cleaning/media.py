"""Sound and film keep their content; places, devices, names and pictures in the tags go.

Metadata is blanked in place wherever the format stores positions, so that nothing moves.
"""

from collections.abc import Iterator

from documents.cleaning.types import Kind, Refused

# Boxes that hold metadata in MP4, QuickTime and HEIF.
BLANKED_BOXES = {b"udta", b"uuid", b"XMP_", b"meta", b"ilst", b"keys", b"Xtra", b"loci"}
OPENED_BOXES = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf"}
EBML_SEGMENT, EBML_INFO, EBML_TAGS, EBML_ATTACHMENTS = (
    0x18538067, 0x1549A966, 0x1254C367, 0x1941A469,
)  # fmt: skip
EBML_ABOUT = {0x7BA9, 0x4D80, 0x5741, 0x4461, 0x7384, 0x3C83AB, 0x3E83BB}


def clean(data: bytes, kind: Kind) -> bytes:
    """The recording without its tags. Raises Refused, or ValueError for a damaged file."""
    if kind.mime == "audio/mpeg":
        return _bare_mp3(data)
    if kind.mime == "audio/wav":
        return _bare_wav(data)
    if kind.mime == "audio/ogg":
        return _bare_ogg(data)
    out = bytearray(data)
    if kind.mime == "video/webm":
        _blank_ebml(out, 0, len(out))
    else:
        _blank_boxes(out, 0, len(out))
    return bytes(out)


# MP4, QuickTime, 3GP, HEIF: boxes of a length and a name


def _boxes(data: bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Each box as name, beginning, beginning of its content, end."""
    at = start
    while at + 8 <= end:
        size, header = int.from_bytes(data[at : at + 4], "big"), 8
        name = bytes(data[at + 4 : at + 8])
        if size == 1:
            size, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < header or at + size > end:
            raise ValueError("a box is longer than what holds it")
        yield name, at, at + header, at + size
        at += size


def _blank_boxes(data: bytearray, start: int, end: int, depth: int = 0) -> None:
    if depth > 12:
        raise ValueError("boxes in too many boxes")
    for name, at, content, stop in _boxes(data, start, end):
        if name in BLANKED_BOXES or name.startswith(b"\xa9"):
            data[at + 4 : at + 8] = b"free"
            data[content:stop] = bytes(stop - content)
        elif name in OPENED_BOXES:
            _blank_boxes(data, content, stop, depth + 1)
        elif name in (b"mvhd", b"tkhd", b"mdhd"):
            # When it was recorded: two moments, of 4 or 8 bytes each.
            width = 16 if data[content] == 1 else 8
            data[content + 4 : content + 4 + width] = bytes(width)


def clean_heif(data: bytes, kind: Kind) -> bytes:
    """A HEIC picture with its Exif and XMP items overwritten; the pixels are left as they are."""
    out = bytearray(data)
    for name, at, content, stop in _boxes(out, 0, len(out)):
        if name == b"meta":
            _blank_heif_items(out, content + 4, stop)
        elif name in BLANKED_BOXES:
            out[at + 4 : at + 8] = b"free"
            out[content:stop] = bytes(stop - content)
    return bytes(out)


def _blank_heif_items(data: bytearray, start: int, end: int) -> None:
    inner = {name: (content, stop) for name, _at, content, stop in _boxes(data, start, end)}
    if b"iinf" not in inner or b"iloc" not in inner:
        raise ValueError("no items")
    content, stop = inner[b"iinf"]
    first = content + (6 if data[content] == 0 else 8)
    about = set()
    for name, _at, entry, _stop in _boxes(data, first, stop):
        if name != b"infe":
            continue
        version = data[entry]
        if version < 2:
            raise ValueError("an old kind of item")
        wide = 4 if version == 3 else 2
        item = int.from_bytes(data[entry + 4 : entry + 4 + wide], "big")
        if bytes(data[entry + 6 + wide : entry + 10 + wide]) in (b"Exif", b"mime", b"uri "):
            about.add(item)
    base = inner.get(b"idat", (0, 0))[0]
    for item, method, extents in _heif_locations(data, *inner[b"iloc"]):
        if item not in about:
            continue
        for offset, length in extents:
            begin = offset + (base if method == 1 else 0)
            if method > 1 or begin + length > len(data):
                raise ValueError("an item lies outside the file")
            data[begin : begin + length] = bytes(length)


def _heif_locations(
    data: bytearray, at: int, end: int
) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    version = data[at]
    sizes = int.from_bytes(data[at + 4 : at + 6], "big")
    offset_size, length_size = sizes >> 12, sizes >> 8 & 15
    base_size, index_size = sizes >> 4 & 15, (sizes & 15 if version else 0)
    at += 6

    def number(width: int) -> int:
        nonlocal at
        if at + width > end:
            raise ValueError("cut off")
        at += width
        return int.from_bytes(data[at - width : at], "big")

    wide = 4 if version == 2 else 2
    for _item in range(number(wide)):
        item = number(wide)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(base_size)
        extents = []
        for _extent in range(number(2)):
            number(index_size)
            offset = number(offset_size)
            extents.append((base + offset, number(length_size)))
        yield item, method, extents


# MP3: tags before and after the sound


def _bare_mp3(data: bytes) -> bytes:
    while data.startswith(b"ID3") and len(data) > 10:
        size = 0
        for part in data[6:10]:
            size = size << 7 | part & 0x7F
        data = data[10 + size + (10 if data[5] & 0x10 else 0) :]
    data = data.lstrip(b"\0")
    if data[-128:-125] == b"TAG":
        data = data[:-128]
    if len(data) > 32 and data[-32:-24] == b"APETAGEX":
        size = int.from_bytes(data[-20:-16], "little")
        has_header = data[-12 + 3] & 0x80
        data = data[: -(size + (32 if has_header else 0))] if size < len(data) else data[:-32]
    if not (len(data) > 3 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0):
        raise ValueError("no sound after the tags")
    return data


# WAV: chunks of a name and a length


def _bare_wav(data: bytes) -> bytes:
    kept, at = bytearray(), 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        end = min(at + 8 + size, len(data))
        if name in (b"fmt ", b"data", b"fact"):
            body = data[at + 8 : end]
            kept += name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)
        at = end + size % 2
    if b"fmt " not in kept[:4]:
        raise ValueError("no format")
    return b"RIFF" + (4 + len(kept)).to_bytes(4, "little") + b"WAVE" + bytes(kept)


# Ogg: the second packet holds the comments; pages carry a checksum


def _ogg_crc_table() -> list[int]:
    table = []
    for index in range(256):
        value = index << 24
        for _bit in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return table


OGG_CRC = _ogg_crc_table()


def _bare_ogg(data: bytes) -> bytes:
    out = bytearray(data)
    streams: dict[bytes, list[list[int]]] = {}  # per stream, the places of its first two packets
    pages: dict[bytes, set[tuple[int, int]]] = {}
    at = 0
    while at < len(out):
        if out[at : at + 4] != b"OggS":
            raise ValueError("no page")
        serial, lacing = bytes(out[at + 14 : at + 18]), out[at + 27 : at + 27 + out[at + 26]]
        body = at + 27 + len(lacing)
        end = body + sum(lacing)
        if end > len(out):
            raise ValueError("cut off")
        packets = streams.setdefault(serial, [[]])
        position = body
        for size in lacing:
            if len(packets) <= 2:
                packets[-1] += range(position, position + size)
                if len(packets) == 2:
                    pages.setdefault(serial, set()).add((at, end))
            position += size
            if size < 255:
                packets.append([])
        at = end
    for serial, packets in streams.items():
        if len(packets) < 2:
            raise ValueError("no sound")
        head = bytes(out[place] for place in packets[0][:8])
        if not head.startswith((b"\x01vorbis", b"OpusHead", b"\x80theora", b"fishead")):
            raise Refused("type")
        if head.startswith(b"fishead"):
            continue
        bare = _blank_comments(bytearray(out[place] for place in packets[1]))
        for place, byte in zip(packets[1], bare, strict=True):
            out[place] = byte
        for start, end in pages[serial]:
            _set_ogg_checksum(out, start, end)
    return bytes(out)


def _blank_comments(packet: bytearray) -> bytearray:
    """Blank the values in a comment packet; the names and lengths of its fields are left."""
    for magic in (b"\x03vorbis", b"OpusTags", b"\x81theora"):
        if packet.startswith(magic):
            break
    else:
        raise ValueError("no comments where they belong")

    def number(at: int) -> int:
        if at + 4 > len(packet):
            raise ValueError("cut off")
        return int.from_bytes(packet[at : at + 4], "little")

    at = len(magic)
    length = number(at)
    lengths = [(at + 4, length)]
    at += 4 + length
    count = number(at)
    at += 4
    for _comment in range(count):
        length = number(at)
        name = packet[at + 4 : at + 4 + length].find(b"=") + 1
        lengths.append((at + 4 + name, length - name))
        at += 4 + length
    if at > len(packet):
        raise ValueError("cut off")
    for start, length in lengths:
        packet[start : start + length] = b" " * length
    if magic == b"OpusTags":
        packet[at:] = bytes(len(packet) - at)
    return packet


def _set_ogg_checksum(data: bytearray, start: int, end: int) -> None:
    data[start + 22 : start + 26] = bytes(4)
    crc = 0
    for byte in data[start:end]:
        crc = (crc << 8) & 0xFFFFFFFF ^ OGG_CRC[crc >> 24 ^ byte]
    data[start + 22 : start + 26] = crc.to_bytes(4, "little")


# WebM: elements of an id and a length


def _ebml_number(data: bytearray, at: int, *, keep_mark: bool) -> tuple[int, int]:
    first = data[at]
    width = 9 - first.bit_length()
    if not first or width > 8:
        raise ValueError("no number")
    value = first if keep_mark else first & (1 << 8 - width) - 1
    for byte in data[at + 1 : at + width]:
        value = value << 8 | byte
    return value, width


def _blank_ebml(data: bytearray, start: int, end: int) -> None:
    at = start
    while at < end:
        name, name_width = _ebml_number(data, at, keep_mark=True)
        size, size_width = _ebml_number(data, at + name_width, keep_mark=False)
        content = at + name_width + size_width
        is_open = size == (1 << 7 * size_width) - 1
        stop = end if is_open else min(content + size, end)
        if name == EBML_SEGMENT:
            _blank_ebml(data, content, stop)
        elif is_open:
            return
        elif name in (EBML_TAGS, EBML_ATTACHMENTS):
            _make_void(data, at, stop)
        elif name == EBML_INFO:
            _blank_ebml_info(data, content, stop)
        at = stop


def _blank_ebml_info(data: bytearray, at: int, end: int) -> None:
    while at < end:
        name, name_width = _ebml_number(data, at, keep_mark=True)
        size, size_width = _ebml_number(data, at + name_width, keep_mark=False)
        content = at + name_width + size_width
        if name in EBML_ABOUT:
            fill = b" " if name in (0x7BA9, 0x4D80, 0x5741) else b"\0"
            data[content : content + size] = fill * size
        at = content + size


def _make_void(data: bytearray, at: int, end: int) -> None:
    """Overwrite an element by a Void element of exactly its length."""
    total = end - at
    width = 1 if total - 2 < 127 else 8
    size = total - 1 - width
    mark = size | 1 << 7 * width
    data[at:end] = b"\xec" + mark.to_bytes(width, "big") + bytes(size)
