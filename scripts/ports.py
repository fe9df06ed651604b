"""Free TCP ports on this machine's loopback address."""

import socket

from scripts.console import StepFailed, say

_TRIES = 50


def free_port(wanted: int) -> int:
    """`wanted`, or the next free port above it, said aloud.

    Raises:
        StepFailed: none of the next fifty is free.
    """
    for port in range(wanted, wanted + _TRIES):
        if is_free(port):
            if port != wanted:
                say(f"Port {wanted} is taken by another program; using {port}.")
            return port
    raise StepFailed(
        f"No port from {wanted} to {wanted + _TRIES - 1} is free", "Choose another: PORT=9000"
    )


def any_port() -> int:
    """A port that the system says is free right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
