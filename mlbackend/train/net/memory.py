"""Out of memory, recognized on every device, and what is done about it."""

from __future__ import annotations

import torch


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the error says that a device, or the machine, had no room."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and (
        "can't allocate memory" in text or "out of memory" in text
    )


def make_room(device: torch.device) -> None:
    """Give back what the allocator holds but nobody uses."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
