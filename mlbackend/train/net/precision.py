"""In which numbers a net computes while it trains."""

from __future__ import annotations

import torch


def chosen(wish: str, device: torch.device) -> str:
    """ "float32" or "bfloat16".

    On a GPU that has it, bfloat16. On a CPU only with AMX tiles: measured without them (AVX-512
    and avx512_bf16) autocast is no faster than float32.
    """
    if wish != "auto":
        return wish
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    return "bfloat16" if torch.cpu._is_amx_tile_supported() else "float32"


def autocast(name: str, device: torch.device) -> torch.autocast:
    """A context in which the forward pass computes in these numbers."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=name == "bfloat16")
