"""Cells that a spreadsheet would run are not written into a CSV.

A spreadsheet takes a cell that begins with = + @, a tab, a line break or one of their wide forms
for a formula. Such a text is written with an apostrophe in front, which a spreadsheet takes for
"this is text", and read without it. A leading hyphen is left alone before a plain name or
number: ids of AVA and YouTube begin with it, and no formula does harm without brackets, bars or
operators. Before anything else it gets the apostrophe too.
"""

import re

_EXECUTABLE = re.compile(r"'*([=+@\t\r\n＝＋＠－]|-(?![\w. -]*\Z))")


def written(text: str) -> str:
    """`text` as it goes into a cell: `=1+1` becomes `'=1+1`, `-5KQ66BBWC4` stays."""
    return f"'{text}" if _EXECUTABLE.match(text) else text


def read(cell: str) -> str:
    """What was given to `written`; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and _EXECUTABLE.match(cell) else cell
