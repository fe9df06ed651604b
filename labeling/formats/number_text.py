"""Numbers as text that reads back equal.

Times and coordinates are read from decimal text of up to 15 digits and are written with as few
digits as read back equal. A time that no such text holds, such as a tick of 1/30 s, is rounded to
the microsecond.
"""

from fractions import Fraction

from labeling.formats.dataset import Time


def seconds_number(value: Time) -> float:
    """Seconds as the number a file holds; to the microsecond where no decimal is exact."""
    number = float(value)
    return number if Fraction(repr(number)) == value else round(number, 6)


def seconds_text(value: Time) -> str:
    """`170.6`, `7.0`; never with an exponent."""
    return _plain(seconds_number(value), "0.0")


def coordinate_text(value: float) -> str:
    """`12` for a whole number, otherwise as few digits as read back equal: `12.5`."""
    return str(int(value)) if value == int(value) else _plain(value, "0")


def _plain(number: float, zero: str) -> str:
    text = repr(number)
    if "e" not in text:
        return text
    return f"{number:.20f}".rstrip("0") if number else zero
