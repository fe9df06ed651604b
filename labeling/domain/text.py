"""Text from outside, as every database, file and terminal takes it."""

LONGEST_SHOWN = 300


def storable(text: str) -> bool:
    """Whether a database keeps the text: no NUL, and no half of a UTF-16 pair, as JSON may hold."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def shown(text: str, most: int = LONGEST_SHOWN) -> str:
    """The text for people: what no database keeps is replaced, and the end is cut off."""
    short = text if len(text) <= most else f"{text[: most - 1]}…"
    return short if storable(short) else "".join(c if storable(c) else "\ufffd" for c in short)
