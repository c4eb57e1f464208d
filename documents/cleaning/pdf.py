"""PDF files are written anew without anything that runs, opens, embeds or tells who made them.

Earlier versions of the text that an editor left in the file go too: only what the newest
version reaches is written.
"""

from io import BytesIO

import pikepdf

from documents.cleaning.images import bare_jpeg
from documents.cleaning.types import Refused

MOST_OBJECTS = 500_000
MOST_PAGES = 5_000
# Keys that act, embed, describe or remember, wherever they stand.
DROPPED = (
    "/AA", "/OpenAction", "/JavaScript", "/JS", "/EmbeddedFiles", "/AF", "/EF", "/Metadata",
    "/PieceInfo", "/LastModified", "/Thumb", "/XFA", "/Collection", "/SpiderInfo", "/Perms",
    "/Legal", "/Renditions", "/AlternatePresentations",
)  # fmt: skip
HARMLESS_ACTIONS = {"/URI", "/GoTo", "/Named", "/SetOCGState"}
DROPPED_ANNOTATIONS = {
    "/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/TrapNet",
}  # fmt: skip


def clean(data: bytes) -> bytes:
    """The clean copy. Raises Refused: encrypted, damaged or too_complex."""
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if len(pdf.objects) > MOST_OBJECTS or len(pdf.pages) > MOST_PAGES:
                raise Refused("too_complex")
            for item in pdf.objects:
                _strip(item)
            for page in pdf.pages:
                _strip_annotations(page)
            for key in ("/Info", "/ID"):
                if key in pdf.trailer:
                    del pdf.trailer[key]
            out = BytesIO()
            pdf.save(
                out,
                compress_streams=True,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
            )
            return out.getvalue()
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None


def _strip(item: pikepdf.Object, depth: int = 0) -> None:
    """Drop what is not wanted from an object and from what stands directly inside it."""
    if depth > 60:
        raise Refused("too_complex")
    if isinstance(item, pikepdf.Array):
        for inner in item:
            if _is_direct_container(inner):
                _strip(inner, depth + 1)
        return
    if not isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key in DROPPED:
        if key in item:
            del item[key]
    for key in ("/A", "/Next"):
        action = item.get(key)
        if isinstance(action, pikepdf.Dictionary) and "/S" in action:
            if str(action["/S"]) not in HARMLESS_ACTIONS:
                del item[key]
        elif isinstance(action, pikepdf.Array) and key == "/Next":
            del item[key]
    if str(item.get("/Type", "")) == "/Annot" or ("/Subtype" in item and "/Rect" in item):
        # In a form field /T is its name and has to stay; in a comment it is the author.
        is_field = "/FT" in item or str(item.get("/Subtype", "")) == "/Widget"
        for key in ("/M", "/CreationDate", "/NM", "/RC", *(() if is_field else ("/T",))):
            if key in item:
                del item[key]
    is_picture = isinstance(item, pikepdf.Stream) and item.get("/Subtype") == pikepdf.Name.Image
    if is_picture and item.get("/Filter") == pikepdf.Name.DCTDecode:
        item.write(bare_jpeg(item.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)
    for key in list(item.keys()):
        value = item.get(key)
        if key != "/Parent" and value is not None and _is_direct_container(value):
            _strip(value, depth + 1)


def _is_direct_container(item: object) -> bool:
    return isinstance(item, pikepdf.Dictionary | pikepdf.Array) and not item.is_indirect


def _strip_annotations(page: pikepdf.Page) -> None:
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    kept = [
        item
        for item in annotations
        if isinstance(item, pikepdf.Dictionary)
        and str(item.get("/Subtype", "")) not in DROPPED_ANNOTATIONS
    ]
    page.obj["/Annots"] = pikepdf.Array(kept)
