"""`make schema`: the API's OpenAPI schema, and the TypeScript types made from it."""

from scripts import node
from scripts.checkout import FRONTEND, PYTHON, ROOT, venv_environment
from scripts.commands import run_logged
from scripts.console import StepFailed, end_with, say
from scripts.environment import LOGS

SCHEMA = FRONTEND / "src" / "api" / "schema.yaml"


def main() -> None:
    try:
        run_logged(
            "schema",
            [PYTHON, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", SCHEMA],
            cwd=ROOT,
            env=venv_environment(),
            log=LOGS / "schema.log",
            hint="The message above names the view that has no schema yet.",
        )
        chosen = node.ensure()
        run_logged(
            "types",
            [*chosen.npm, "run", "types"],
            cwd=FRONTEND,
            env=chosen.environment(),
            log=LOGS / "types.log",
            hint="Does frontend/package.json still have the script 'types'?",
        )
    except StepFailed as failure:
        end_with(failure)
    say(f"Written: {SCHEMA.relative_to(ROOT)} and schema.d.ts")


if __name__ == "__main__":
    main()
