"""The file store on S3, for `STORAGES`. Only loaded where a bucket is named in the settings."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from django.core.files.base import File
from storages.backends.s3 import S3Storage


class SealedFiles(S3Storage):
    """Sealed files in a bucket: private, never overwritten, read through this system alone.

    S3 wants to know a file's length and to begin again after an error, which a stream that is
    sealed on the way cannot give: it is written aside first, sealed, above a megabyte on the disk.
    """

    MEMORY = 1024 * 1024

    def _save(self, name: str, content: File) -> str:
        with tempfile.SpooledTemporaryFile(max_size=self.MEMORY) as aside:
            while piece := content.read(64 * 1024):
                aside.write(piece)
            aside.seek(0, os.SEEK_SET)
            return super()._save(name, File(aside, name=name))

    def get_default_settings(self) -> dict[str, Any]:
        fixed = {"default_acl": None, "file_overwrite": False, "querystring_auth": True}
        return super().get_default_settings() | fixed
