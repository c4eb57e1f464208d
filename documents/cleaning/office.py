"""Office files (OOXML and OpenDocument) are packed anew, part by part.

Refused: macros, embedded programs, links that load something when the file is opened. Taken out:
who wrote it and when, tracked changes, comments, thumbnails, printer settings; pictures inside
are cleaned like any other picture.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from posixpath import basename

from lxml import etree

from documents.cleaning import images, media
from documents.cleaning.types import BY_EXTENSION, Kind, Refused, detect

MOST_PARTS = 5_000
MOST_BYTES = 200 * 1024 * 1024
MOST_XML = 60 * 1024 * 1024
MOST_DEPTH = 1
PICTURES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"}
RECORDINGS = {".mp3", ".wav", ".m4a", ".mp4", ".mov", ".m4v", ".webm"}
LEFT_AS_THEY_ARE = {".emf", ".wmf", ".gif", ".bmp", ".wdp", ".ttf", ".odttf", ".fntdata"}
XML = {".xml", ".rels", ".vml"}
MACRO_PARTS = re.compile(
    r"(vbaProject|vbaData)[^/]*$|^(Basic|Scripts)/.|macrosheets/", re.IGNORECASE
)
ACTIVE_PARTS = re.compile(
    r"activeX|ctrlProps/|embeddings/[^/]*\.(bin|ole|exe|doc|xls|ppt)$|^ObjectReplacements/.*\.(exe|js)|"
    r"customUI|webextensions/|connections\.xml$|queryTables?/",
    re.IGNORECASE,
)
# Parts left out of the copy; what points to them goes too.
DROPPED_PARTS = re.compile(
    r"^docProps/|(^|/)comments[^/]*\.xml$|(^|/)comments/|commentAuthors\.xml$|"
    r"(^|/)(people|authors|revisionInfo)\.xml$|threadedComments?/|persons?/|changesInfos/|"
    r"printerSettings|drawings/vmlDrawing|thumbnail\.|(^|/)customXml/|xl/revisions/|"
    r"^(Thumbnails|Configurations2|ObjectReplacements)/|^meta\.xml$|^manifest\.rdf$|"
    r"^layout-cache$|_xmlsignatures/|META-INF/documentsignatures",
    re.IGNORECASE,
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
XLINK = "{http://www.w3.org/1999/xlink}href"
SVG = "{http://www.w3.org/2000/svg}"
DROPPED_ELEMENTS = {
    *(W + name for name in (
        "del", "moveFrom", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange",
        "trPrChange", "tblGridChange", "numberingChange", "tblPrExChange", "commentRangeStart",
        "commentRangeEnd", "commentReference", "attachedTemplate", "rsids", "docVars", "mailMerge",
        "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd",
    )),
    TEXT + "tracked-changes", TEXT + "change", TEXT + "change-start", TEXT + "change-end",
    OFFICE + "annotation", OFFICE + "annotation-end", SVG + "script", SVG + "metadata",
}  # fmt: skip
UNWRAPPED_ELEMENTS = {W + "ins", W + "moveTo"}
ACTIVE_NAMES = {"ddeLink", "oleLink", "OLEObject", "dde-source", "dde-connection-decl"}
PERSONAL_ATTRIBUTES = {"author", "initials", "userId", "lastModifiedBy", "providerId"}
ACTIVE_ELEMENTS = {OFFICE + "script", OFFICE + "scripts", OFFICE + "event-listeners"}
FIELDS = re.compile(r"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT)\b", re.IGNORECASE)
HARMLESS_LINKS = ("/hyperlink", "/attachedTemplate", "/externalLinkPath", "/xlPathMissing")
LINK_ATTRIBUTE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def clean(data: bytes, kind: Kind, *, depth: int = 0) -> bytes:
    """The clean copy. Raises Refused: macros, active, encrypted, damaged or too_complex."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = _read(archive)
            return _write(parts, kind, depth)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, etree.XMLSyntaxError):
        raise Refused("damaged") from None
    except RuntimeError:  # what zipfile says of a part that needs a password
        raise Refused("encrypted") from None


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """All parts, unpacked no further than the limits whatever their headers say."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
        raise Refused("too_complex")
    parts: dict[str, bytes] = {}
    left = MOST_BYTES
    for info in infos:
        name = info.filename
        if name.startswith("/") or ".." in name.split("/") or "\\" in name or name in parts:
            raise Refused("damaged")
        if info.flag_bits & 1:
            raise Refused("encrypted")
        if MACRO_PARTS.search(name):
            raise Refused("macros")
        if ACTIVE_PARTS.search(name):
            raise Refused("active")
        if DROPPED_PARTS.search(name):
            continue
        with archive.open(info) as part:
            content = part.read(min(left, MOST_BYTES) + 1)
        left -= len(content)
        if left < 0 or (_extension(name) in XML and len(content) > MOST_XML):
            raise Refused("too_complex")
        parts[name] = content
    return parts


def _write(parts: dict[str, bytes], kind: Kind, depth: int) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        # OpenDocument wants its type first and not packed.
        for name in sorted(
            parts, key=lambda name: (name != "mimetype", name != "[Content_Types].xml")
        ):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, _clean_part(name, parts[name], parts, depth))
    return out.getvalue()


def _clean_part(name: str, content: bytes, parts: dict[str, bytes], depth: int) -> bytes:
    extension = _extension(name)
    if name == "mimetype":
        return content
    if extension in PICTURES:
        return _picture(content, extension)
    if extension in XML:
        return _xml(name, content, parts)
    if extension == ".svg":
        return _serialised(_svg(_parse(content)))
    if extension in LEFT_AS_THEY_ARE:
        return content
    if extension in RECORDINGS:
        kind = detect(content, extension=extension)
        return media.clean(content, kind)
    if extension in (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"):
        if depth >= MOST_DEPTH:
            raise Refused("too_complex")
        return clean(content, BY_EXTENSION[extension], depth=depth + 1)
    if name.startswith("Pictures/") and not extension:
        return content
    if not content.strip():
        return content
    raise Refused("active")


def _extension(name: str) -> str:
    """ ".rels" also of "_rels/.rels", which is no hidden file here."""
    _stem, dot, extension = basename(name).rpartition(".")
    return dot + extension.lower()


def _picture(content: bytes, extension: str) -> bytes:
    kind = detect(content)
    if kind.family != "image":
        raise Refused("active")
    return images.clean(content, kind)


def _parse(content: bytes) -> etree._Element:
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise Refused("active")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=False,
    )  # fmt: skip
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("active")
    return root


def _serialised(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _xml(name: str, content: bytes, parts: dict[str, bytes]) -> bytes:
    if not content.strip():
        return content
    root = _parse(content)
    if basename(name) == "[Content_Types].xml":
        _keep(root, lambda item: _is_there(item.get("PartName", "").lstrip("/"), parts))
        if "macroEnabled" in content.decode("utf-8", "replace"):
            raise Refused("macros")
    elif name.endswith(".rels"):
        _relations(root)
    elif name == "META-INF/manifest.xml":
        _keep(root, lambda item: _is_there(item.get(MANIFEST + "full-path", ""), parts))
    elif name == "settings.xml":
        for item in list(root):
            root.remove(item)
    else:
        folder, slash, base = name.rpartition("/")
        relations = parts.get(f"{folder}{slash}_rels/{base}.rels", b"")
        if relations.strip():
            _unlink(root, _relations(_parse(relations)))
    _scrub(root)
    return _serialised(root)


def _is_there(part: str, parts: dict[str, bytes]) -> bool:
    return not part or part.endswith("/") or part in parts


def _keep(root: etree._Element, is_kept: Callable[[etree._Element], bool]) -> None:
    for item in list(root):
        if isinstance(item.tag, str) and not is_kept(item):
            root.remove(item)


def _relations(root: etree._Element) -> set[str]:
    """Take out relations to what is not in the copy, and return their ids."""
    gone = set()
    for item in list(root):
        kind, target = item.get("Type", ""), item.get("Target", "")
        if item.get("TargetMode") == "External":
            if not kind.endswith(HARMLESS_LINKS):
                raise Refused("active")
            if kind.endswith("/attachedTemplate"):
                gone.add(item.get("Id"))
            elif not kind.endswith("/hyperlink"):
                item.set("Target", "external")  # the path would tell whose computer it was
            elif not re.match(r"(https?|mailto):|#", target, re.IGNORECASE):
                item.set("Target", "#")
        elif DROPPED_PARTS.search(target.lstrip("./")) or kind.endswith(
            ("/core-properties", "/extended-properties", "/custom-properties", "/thumbnail")
        ):
            gone.add(item.get("Id"))
    _keep(root, lambda item: item.get("Id") not in gone)
    return gone


def _unlink(root: etree._Element, gone: set[str]) -> None:
    """Take out what refers to a relation that is gone."""
    for item in list(root.iter()):
        for attribute, value in list(item.attrib.items()):
            if str(attribute).startswith(LINK_ATTRIBUTE) and value in gone:
                if str(item.tag).endswith("}pageSetup") or item.getparent() is None:
                    del item.attrib[attribute]
                else:
                    _remove(item)
                    break


def _scrub(root: etree._Element) -> None:
    """Authors, dates, tracked changes and fields that load something."""
    codes: list[str] = []  # a field's code can be cut into many pieces, and fields can nest
    for item in list(root.iter()):
        tag = item.tag
        if not isinstance(tag, str):
            continue
        local = tag.rpartition("}")[2]
        if (tag in ACTIVE_ELEMENTS and len(item)) or local in ACTIVE_NAMES:
            raise Refused("active")
        if local == "fldChar":
            if item.get(W + "fldCharType") == "begin":
                codes.append("")
            elif codes and item.get(W + "fldCharType") == "end":
                codes.pop()
        elif local == "instrText" and codes:
            codes[-1] += item.text or ""
        loose = ""
        if local in ("instrText", "fldSimple") and not codes:
            loose = item.get(W + "instr") or item.text or ""
        if FIELDS.match((codes[-1] if codes else loose).strip()):
            raise Refused("active")
        for attribute in list(item.attrib):
            name = str(attribute).rpartition("}")[2]
            is_date = name == "date" and tag.startswith(W)
            if name in PERSONAL_ATTRIBUTES or name.startswith("rsid") or is_date:
                del item.attrib[attribute]
        if tag in DROPPED_ELEMENTS and item.getparent() is not None:
            _remove(item)
        elif tag in UNWRAPPED_ELEMENTS and item.getparent() is not None:
            _unwrap(item)


def _remove(item: etree._Element) -> None:
    """Take an element out, the text that follows it left in its place."""
    parent = item.getparent()
    if item.tail:
        before = item.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + item.tail
        else:
            parent.text = (parent.text or "") + item.tail
    parent.remove(item)


def _unwrap(item: etree._Element) -> None:
    parent = item.getparent()
    place = parent.index(item)
    for offset, child in enumerate(list(item)):
        parent.insert(place + offset, child)
    _remove(item)


def _svg(root: etree._Element) -> etree._Element:
    _scrub(root)
    for item in root.iter():
        if isinstance(item.tag, str):
            for attribute in list(item.attrib):
                name = str(attribute).rpartition("}")[2].lower()
                value = item.get(attribute, "")
                is_link = name == "href" and not value.startswith(("#", "data:image/"))
                if name.startswith("on") or is_link:
                    del item.attrib[attribute]
            if item.tag == SVG + "foreignObject":
                raise Refused("active")
    return root
