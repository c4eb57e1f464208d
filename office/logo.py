"""A logo from outside: judged by its bytes, drawn anew, so that nothing but pixels is kept."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 20_000_000
FRAME = (720, 160)
"""Width and height that it is brought into, in pixels: 80 points high on a sharp screen."""


def redrawn(upload: IO[bytes]) -> bytes:
    """Return a PNG of the picture, without whatever else the file held.

    SVG is not taken: it can hold scripts and addresses of other places.

    Raises:
        ValidationError: too large, damaged, or neither PNG nor JPEG.
    """
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValidationError(_("The logo is larger than 2 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("The logo has too many pixels."))
            picture.load()
    except ValidationError:
        raise
    except Exception as error:
        # Whatever a damaged or hostile file makes the library raise, it is no logo.
        raise ValidationError(_("This is not a PNG or JPEG picture, or it is damaged.")) from error
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail(FRAME, Image.Resampling.LANCZOS)
    bare = Image.new("RGBA", upright.size)
    bare.paste(upright)
    out = BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue()
