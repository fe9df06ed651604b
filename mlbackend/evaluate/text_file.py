"""Text files of the metrics, whatever their line ends."""

from pathlib import Path

from labeling.domain.errors import InvalidInput


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file, without their ends.

    Raises:
        InvalidInput: the file is no UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path.name} is no UTF-8 text: byte {error.start} cannot be read.", code="bad_text"
        ) from error
