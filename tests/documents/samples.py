"""Small files of every kind, and what hides in them. `SECRET` must never survive."""

import struct
import zipfile
from io import BytesIO

import pikepdf
from PIL import Image

from documents.cleaning.media import _set_ogg_checksum

SECRET = b"Aigerim-at-51.1694,71.4491"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(image_format="JPEG", *, size=(40, 20), orientation=1):
    image = Image.new("RGB", size, "navy")
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[1] = "N"
    out = BytesIO()
    extra = {"comment": SECRET} if image_format == "JPEG" else {}
    image.save(out, image_format, exif=exif, **extra)
    return out.getvalue()


def pdf(*, javascript=False, attachment=False, pages=1, comment=False):
    document = pikepdf.new()
    for _page in range(pages):
        document.add_blank_page(page_size=(200, 200))
    document.docinfo["/Author"] = SECRET.decode()
    with document.open_metadata() as meta:
        meta["dc:creator"] = [SECRET.decode()]
    if javascript:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        document.Root.OpenAction = document.make_indirect(action)
        document.pages[0].obj.AA = pikepdf.Dictionary(O=action)
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch
        )
        document.pages[0].obj.Annots = pikepdf.Array([document.make_indirect(link)])
    if comment:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Text,
            Rect=[0, 0, 9, 9],
            T=pikepdf.String(SECRET.decode()),
            Contents=pikepdf.String("see page 2"),
        )
        document.pages[0].obj.Annots = pikepdf.Array([note])
    if attachment:
        document.attachments["secret.txt"] = SECRET
    jpeg = document.make_stream(picture(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
    jpeg.Filter = pikepdf.Name.DCTDecode
    jpeg.Width, jpeg.Height, jpeg.BitsPerComponent = 40, 20, 8
    jpeg.ColorSpace = pikepdf.Name.DeviceRGB
    document.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=jpeg))
    out = BytesIO()
    document.save(out, compress_streams=False)
    return out.getvalue()


def archive(parts, *, compression=zipfile.ZIP_DEFLATED):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PR = "http://schemas.openxmlformats.org/package/2006/relationships"


def docx(body="", *, relations="", **parts):
    secret = SECRET.decode()
    text = body or (
        f'<w:p><w:r><w:t>Kept</w:t></w:r><w:del w:id="1" w:author="{secret}"><w:r><w:delText>'
        f'{secret}</w:delText></w:r></w:del><w:ins w:id="2" w:author="{secret}" '
        'w:date="2026-01-01T00:00:00Z"><w:r><w:t> and added</w:t></w:r></w:ins>'
        '<w:commentRangeStart w:id="3"/><w:r><w:commentReference w:id="3"/></w:r></w:p>'
    )
    return archive(
        {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
                'relationships+xml"/><Override PartName="/word/document.xml" ContentType="x"/>'
                '<Override PartName="/docProps/core.xml" ContentType="x"/></Types>'
            ),
            "_rels/.rels": (
                f'<Relationships xmlns="{PR}"><Relationship Id="r1" Type="{R}/officeDocument" '
                f'Target="word/document.xml"/><Relationship Id="r2" Type="{R}/core-properties" '
                'Target="docProps/core.xml"/></Relationships>'
            ),
            "docProps/core.xml": f"<coreProperties><creator>{secret}</creator></coreProperties>",
            "word/document.xml": (
                f'<w:document xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="urn:mc" mc:Ignorable="w14" '
                f'xmlns:w14="urn:w14"><w:body>{text}</w:body></w:document>'
            ),
            "word/_rels/document.xml.rels": (
                f'<Relationships xmlns="{PR}"><Relationship Id="rId1" Type="{R}/comments" '
                f'Target="comments.xml"/>{relations}</Relationships>'
            ),
            "word/comments.xml": f'<w:comments xmlns:w="{W}"><w:t>{secret}</w:t></w:comments>',
            "word/media/image1.jpg": picture(),
            **parts,
        }
    )


def odt(content="<office:text/>", **parts):
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": (
                f'<office:document-content xmlns:office="{office}" '
                'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
                f"<office:scripts/><office:body>{content}</office:body></office:document-content>"
            ),
            "meta.xml": f"<m>{SECRET.decode()}</m>",
            "settings.xml": f"<s><printer>{SECRET.decode()}</printer></s>",
            "Thumbnails/thumbnail.png": picture("PNG"),
            "META-INF/manifest.xml": (
                f'<manifest:manifest xmlns:manifest="{manifest}">'
                '<manifest:file-entry manifest:full-path="/"/>'
                '<manifest:file-entry manifest:full-path="content.xml"/>'
                '<manifest:file-entry manifest:full-path="meta.xml"/></manifest:manifest>'
            ),
            **parts,
        }
    )


def box(name, content):
    return struct.pack(">I", 8 + len(content)) + name + content


def mp4(brand=b"isom"):
    stamps = bytes(4) + struct.pack(">II", 3_800_000_000, 3_800_000_000) + bytes(88)
    place = box(b"\xa9xyz", SECRET)
    return (
        box(b"ftyp", brand + bytes(4) + brand)
        + box(b"moov", box(b"mvhd", stamps) + box(b"udta", place) + box(b"meta", SECRET))
        + box(b"mdat", b"sound and pictures")
    )


def heic():
    items = b"".join(
        box(b"infe", b"\x02\0\0\0" + struct.pack(">HH", number, 0) + kind + b"\0")
        for number, kind in ((1, b"hvc1"), (2, b"Exif"))
    )
    iinf = box(b"iinf", bytes(4) + struct.pack(">H", 2) + items)
    head = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")

    def meta(offset):
        places = b"".join(
            struct.pack(">HHHII", number, 0, 1, begin, length)
            for number, begin, length in ((1, offset, 6), (2, offset + 6, len(SECRET)))
        )
        iloc = box(b"iloc", bytes(4) + struct.pack(">HH", 0x4400, 2) + places)
        return box(b"meta", bytes(4) + iinf + iloc)

    offset = len(head) + len(meta(0)) + 8
    return head + meta(offset) + box(b"mdat", b"pixels" + SECRET)


def mp3():
    tag = b"ID3\x04\0\0" + bytes([0, 0, 0, len(SECRET)]) + SECRET
    return tag + b"\xff\xfb\x90\0" + bytes(400) + (b"TAG" + SECRET).ljust(128, b"\0")


def wav():
    fmt = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    info = b"LIST" + struct.pack("<I", len(SECRET)) + SECRET + bytes(len(SECRET) % 2)
    body = fmt + info + b"data" + struct.pack("<I", 4) + b"\1\2\3\4"
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body


def ogg(*, long=False):
    comment = b"LOCATION=" + SECRET * (40 if long else 1)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"Encoder" + struct.pack("<I", 2)
    tags += struct.pack("<I", len(comment)) + comment + struct.pack("<I", 7) + b"TITLE=x"
    packets = [b"OpusHead" + bytes(11), tags, b"sound"]
    out = bytearray()
    for number, packet in enumerate(packets):
        lacing = [255] * (len(packet) // 255) + [len(packet) % 255]
        begin = len(out)
        out += b"OggS\0" + bytes([2 if number == 0 else 0]) + bytes(8) + b"\1\0\0\0"
        out += struct.pack("<I", number) + bytes(4) + bytes([len(lacing), *lacing]) + packet
        _set_ogg_checksum(out, begin, len(out))
    return bytes(out)


def element(name, content):
    return name + bytes([0x40 | len(content) >> 8, len(content) & 255]) + content


def webm():
    info = element(b"\x15\x49\xa9\x66", element(b"\x57\x41", SECRET))
    tags = element(b"\x12\x54\xc3\x67", SECRET)
    cluster = element(b"\x1f\x43\xb6\x75", b"pictures")
    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"webm"))
    return head + element(b"\x18\x53\x80\x67", info + tags + cluster)


def mail(*, attachment=b"", name="proof.jpg"):
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"] = "worker@example.org"
    message["To"] = "union@example.org"
    message["Date"] = "Thu, 12 Mar 2026 10:00:00 +0500"
    message["Subject"] = "Зарплата"
    message["X-Originating-IP"] = SECRET.decode()
    message["Bcc"] = f"{SECRET.decode()}@example.org"
    message.set_content("Нам не платят.")
    if attachment:
        message.add_attachment(attachment, maintype="image", subtype="jpeg", filename=name)
    return message.as_bytes()
