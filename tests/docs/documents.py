"""The project's documents, read for the tests beside this file."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def code_of(text: str) -> list[str]:
    """What stands between backticks or in a code block, line by line."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.S)
    blocks += re.findall(r"(?:^    .*\n)+", text, re.M)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    return [line.strip() for part in [*blocks, *spans] for line in part.splitlines()]


def tracked() -> list[Path]:
    """Every text file that git has, without lock files."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = [name for name in listed.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]
