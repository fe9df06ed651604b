"""Reads parameters from a checkpoint, and never runs what a file asks for."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeling.domain.errors import InvalidInput
from labeling.domain.text import shown

if TYPE_CHECKING:
    from torch import Tensor

# Where training programs keep the parameters within a checkpoint.
WRAPPERS = ("state_dict", "model_state", "model_state_dict", "model", "net", "module", "ema")
SAFETENSORS = ".safetensors"
_SLACK_BYTES = 1 << 20


def read_state(path: Path) -> dict[str, Tensor]:
    """Read the parameters of a .pt, .pth or .safetensors file, unwrapped, on the CPU.

    Raises:
        InvalidInput: it is no such file, is cut off, or would run code; the message says which.
    """
    head = first_bytes(path)
    content = _safetensors(path) if _is_safetensors(path, head) else _torch(path, head)
    state = unwrap(content, path)
    for key, value in state.items():
        if not _is_plain(value):
            raise bad_file(
                path,
                f"holds '{shown(key, 80)}', which is no plain array of numbers of its own. Save "
                "plain parameters: torch.save(net.state_dict(), FILE).",
            )
    return state


def first_bytes(path: Path, count: int = 16) -> bytes:
    """Return the beginning of a file that there is something to read from.

    Raises:
        InvalidInput: it is a folder, no ordinary file, not to be read, or empty.
    """
    try:
        if path.is_dir():
            raise bad_file(path, "is a folder. Give the file itself.")
        if not path.is_file():
            raise bad_file(path, "is not there, or is no ordinary file.")
        with path.open("rb") as file:
            head = file.read(count)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise bad_file(path, f"cannot be read ({reason}).") from error
    if not head:
        raise bad_file(path, "is empty. Copy it again.")
    return head


def unwrap(content: Any, path: Path) -> dict[str, Tensor]:
    """Return the parameters within a checkpoint's dictionaries.

    Raises:
        InvalidInput: there are none.
    """
    from torch import Tensor

    for _ in range(len(WRAPPERS)):
        if not isinstance(content, Mapping):
            break
        tensors = {
            key: value
            for key, value in content.items()
            if isinstance(key, str) and isinstance(value, Tensor)
        }
        inner = next((name for name in WRAPPERS if isinstance(content.get(name), Mapping)), None)
        if inner is None:
            if tensors:
                return tensors
            break
        content = content[inner]
    raise bad_file(
        path,
        "holds no parameters. Save them with torch.save(net.state_dict(), FILE) and add that file.",
        code="no_parameters",
    )


def bad_file(path: Path, why: str, *, code: str = "bad_checkpoint") -> InvalidInput:
    """Say of a file by its name what is wrong and what to do."""
    return InvalidInput(f"{shown(path.name)} {why}", code=code)


def _is_plain(value: Tensor) -> bool:
    """Whether every number of it lies in the file: a few bytes can speak of a huge array."""
    import torch

    if value.layout != torch.strided or value.device.type != "cpu" or value.is_quantized:
        return False
    return value.numel() * value.element_size() <= value.untyped_storage().nbytes()


def _is_safetensors(path: Path, head: bytes) -> bool:
    """By content: eight bytes of length, then JSON."""
    return path.suffix.lower() == SAFETENSORS or head[8:9] == b"{"


def _safetensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise bad_file(
            path, f"is no whole safetensors file ({error}). Copy or download it again."
        ) from error


def _torch(path: Path, head: bytes) -> Any:
    import torch

    is_zip = head[:4] == b"PK\x03\x04"
    if not is_zip and head[:1] != b"\x80":
        raise bad_file(
            path,
            "is neither a PyTorch checkpoint (.pt, .pth) nor a safetensors file. Export the "
            "parameters with torch.save(net.state_dict(), FILE) and add that.",
        )
    if is_zip:
        _check_archive(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise _would_run(path, str(error)) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, AttributeError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise bad_file(
            path, f"is no whole PyTorch checkpoint ({reason}). Copy or download it again."
        ) from error


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            unpacked = sum(each.file_size for each in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise bad_file(path, f"is cut off or damaged ({error}). Copy it again.") from error
    if unpacked > 2 * path.stat().st_size + _SLACK_BYTES:
        raise bad_file(
            path,
            f"unpacks to {unpacked} bytes, many times its size, as no checkpoint does.",
        )
    if any("/code/" in f"/{name}" for name in names) and any(
        name.endswith("constants.pkl") for name in names
    ):
        raise bad_file(
            path,
            "is a TorchScript program, which is run as it is. Only such files of known content "
            "are used; add the parameters instead: torch.save(net.state_dict(), FILE).",
            code="program",
        )


def _would_run(path: Path, reason: str) -> InvalidInput:
    if "GLOBAL" not in reason and "Unsupported" not in reason:
        return bad_file(path, "is cut off or damaged. Copy or download it again.")
    return bad_file(
        path,
        "holds Python objects, not only parameters: reading it would run code, so it was not "
        "read. Where it comes from a source you trust, load it there and save the parameters "
        "alone: torch.save(net.state_dict(), FILE).",
        code="would_run",
    )
