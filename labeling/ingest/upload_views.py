"""Resumable uploads: the tus protocol 1.0.0 with creation and termination."""

import base64
import binascii
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labeling import access
from labeling.domain.errors import InvalidInput, TubelabError
from labeling.ingest import uploads
from labeling.models import Upload
from labeling.models.project import Role

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
_VERSION_HEADER = OpenApiParameter("Tus-Resumable", str, OpenApiParameter.HEADER)
_OFFSET_HEADER = OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER)


class WrongVersion(TubelabError):
    status = 412
    default_code = "tus_version"


class WrongType(TubelabError):
    status = 415
    default_code = "unsupported_media_type"


class PieceParser(BaseParser):
    """Bytes are read from the stream as they come; nothing is parsed."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return {}


class TusView(APIView):
    parser_classes = [PieceParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            raise WrongVersion(f"Uploads speak tus {VERSION}: send 'Tus-Resumable: {VERSION}'.")

    def finalize_response(
        self, request: HttpRequest, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        if response.status_code == WrongVersion.status:
            response["Tus-Version"] = VERSION
        return response

    @extend_schema(exclude=True)
    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(
            status=204,
            headers={
                "Tus-Version": VERSION,
                "Tus-Extension": "creation,termination",
                "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
            },
        )


class UploadsView(TusView):
    @extend_schema(
        parameters=[
            _VERSION_HEADER,
            OpenApiParameter("Upload-Length", int, OpenApiParameter.HEADER, required=True),
            OpenApiParameter("Upload-Metadata", str, OpenApiParameter.HEADER, required=True),
        ],
        request=None,
        responses={201: None},
    )
    def post(self, request: Request) -> Response:
        """Begin an upload; Upload-Metadata has filename and project."""
        metadata = read_metadata(request.headers.get("Upload-Metadata", ""))
        project = access.project_for(request.user, metadata.get("project"), Role.ANNOTATOR)
        upload = uploads.upload_create(
            project=project,
            user_id=request.user.pk,
            filename=metadata.get("filename", "video"),
            length=_whole(request, "Upload-Length"),
        )
        return Response(
            status=201, headers={"Location": f"/api/uploads/{upload.id}", **_state(upload)}
        )


class UploadView(TusView):
    @extend_schema(parameters=[_VERSION_HEADER], responses={200: None})
    def head(self, request: Request, upload_id: str) -> Response:
        """Where the upload stands."""
        upload = access.upload_for(request.user, upload_id)
        if upload.offset == upload.length and upload.job_id is None:
            # The server stopped between the last byte and the job.
            uploads.upload_finish(upload=upload)
        return Response(headers={"Upload-Length": str(upload.length), **_state(upload)})

    @extend_schema(
        parameters=[_VERSION_HEADER, _OFFSET_HEADER],
        request={PIECE_TYPE: bytes},
        responses={204: None},
    )
    def patch(self, request: Request, upload_id: str) -> Response:
        """Append bytes; with the last one the ingest job starts."""
        upload = access.upload_for(request.user, upload_id)
        if request.content_type != PIECE_TYPE:
            raise WrongType(f"Send the bytes as '{PIECE_TYPE}', not '{request.content_type}'.")
        offset = uploads.upload_append(
            upload=upload, offset=_whole(request, "Upload-Offset"), stream=request._request
        )
        if offset == upload.length:
            uploads.upload_finish(upload=upload)
        return Response(status=204, headers=_state(upload))

    @extend_schema(parameters=[_VERSION_HEADER], responses={204: None})
    def delete(self, request: Request, upload_id: str) -> Response:
        uploads.upload_delete(upload=access.upload_for(request.user, upload_id))
        return Response(status=204)


def read_metadata(header: str) -> dict[str, str]:
    """Decode `key base64,key base64`.

    Raises:
        InvalidInput: a value is not base64 of UTF-8 text.
    """
    metadata = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            metadata[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidInput(f"Upload-Metadata: '{key}' is not base64 of UTF-8 text.") from None
    return metadata


def _whole(request: Request, name: str) -> int:
    value = request.headers.get(name, "")
    if not value.isascii() or not value.isdigit():
        raise InvalidInput(f"{name} must be a whole number of bytes, got {value!r}.")
    return int(value)


def _state(upload: Upload) -> dict[str, str]:
    headers = {"Upload-Offset": str(upload.offset)}
    if upload.job_id is not None:
        headers["Tubelab-Job"] = str(upload.job_id)
        # Only a file that was here before is named: a new video is the job's to announce.
        if upload.job.params.get("duplicate"):
            headers["Tubelab-Video"] = str(upload.video_id)
    return headers
