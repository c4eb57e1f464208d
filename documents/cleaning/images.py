"""Pictures are drawn anew: pixels only; no position, device, author, thumbnail, profile."""

from io import BytesIO

from PIL import Image, ImageOps, ImageSequence

from documents.cleaning.types import Kind, Refused

# About 200 MB while a picture is open; a telephone's 48 million pixels fit.
MOST_PIXELS = 50_000_000
MOST_PAGES = 500
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF", "image/webp": "WEBP"}
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def clean(data: bytes, kind: Kind) -> bytes:
    """The picture re-encoded in its own format, upright. Raises Refused."""
    image_format = FORMATS[kind.mime]
    try:
        with Image.open(BytesIO(data), formats=[image_format]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refused("too_complex")
            if image_format == "TIFF":
                return _pages(image)
            return _encode(_upright(image), image_format)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_complex") from None


def _upright(image: Image.Image) -> Image.Image:
    image.load()
    upright = ImageOps.exif_transpose(image)
    upright.info = {}
    return upright


def _encode(image: Image.Image, image_format: str) -> bytes:
    out = BytesIO()
    if image_format == "JPEG":
        if image.mode not in ("L", "RGB"):
            image = image.convert("RGB")
        image.save(out, "JPEG", quality=90, exif=b"")
    elif image_format == "WEBP":
        if image.mode not in ("RGB", "RGBA"):
            image = image.convert("RGBA" if "A" in image.getbands() else "RGB")
        image.save(out, "WEBP", quality=90, exif=b"", xmp=b"")
    else:
        if image.mode == "P":
            image = image.convert("RGBA")
        image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _pages(image: Image.Image) -> bytes:
    """A scan of several pages keeps them all."""
    pages: list[Image.Image] = []
    weight = 0
    for number, page in enumerate(ImageSequence.Iterator(image)):
        weight += page.width * page.height * (1 if page.mode == "1" else len(page.getbands()))
        if number >= MOST_PAGES or weight > 4 * MOST_PIXELS:
            raise Refused("too_complex")
        upright = _upright(page.copy())
        if upright.mode not in ("1", "L", "RGB", "RGBA"):
            upright = upright.convert("RGB")
        bare = Image.new(upright.mode, upright.size)
        bare.paste(upright)
        pages.append(bare)
    out = BytesIO()
    pages[0].save(
        out, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate"
    )
    return out.getvalue()


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG stream without its application and comment segments, the pixels untouched.

    Kept are APP0 and APP14, which say how colours are to be read.
    """
    if not data.startswith(b"\xff\xd8"):
        return data
    out, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xDA:
            return bytes(out) + data[at:]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        is_kept = marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE)
        if is_kept:
            out += data[at : at + 2 + length]
        at += 2 + length
    return data
