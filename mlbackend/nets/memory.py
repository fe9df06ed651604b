"""Out of memory: recognized for every library that runs nets, and what can be given back then."""

from __future__ import annotations

import sys

# How the libraries' own errors put it: torch on a card and on a CPU, onnxruntime, the machine.
_WORDS = (
    "out of memory", "can't allocate memory", "failed to allocate", "bad_alloc",
    "not enough memory",
)  # fmt: skip


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that a device, or the machine, had no room."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return any(words in str(error).lower() for words in _WORDS)


def give_back() -> None:
    """Give back what torch's allocator holds and nobody uses, if torch is in use at all."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
