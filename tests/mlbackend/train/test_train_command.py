"""`manage.py train` without a worker: its table, its decision, its complaints."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mlbackend.management.commands.train import table
from mlbackend.models import Round
from mlbackend.train.services import round_start
from tests.mlbackend.train.conftest import Reviewed

pytestmark = pytest.mark.django_db


def test_it_prints_the_figures_and_the_decision(reviewed: Reviewed) -> None:
    reviewed.review(60)
    out, err = StringIO(), StringIO()
    call_command("train", reviewed.project.slug, stdout=out, stderr=err)
    text = out.getvalue()
    assert "promoted: First model: macro F1 " in text
    assert [line.split()[0] for line in text.splitlines()[2:7]] == [
        *("walk", "run", "wave", "macro", "accuracy")
    ]
    assert "Training on" in err.getvalue()
    assert Round.objects.get().state == "done"


def test_it_says_what_is_missing(reviewed: Reviewed) -> None:
    with pytest.raises(CommandError, match="Round 1 failed: There is nothing to train on"):
        call_command("train", "Yard", stdout=StringIO(), stderr=StringIO())


def test_it_names_the_projects_there_are(reviewed: Reviewed) -> None:
    with pytest.raises(CommandError, match="Projects here: Yard"):
        call_command("train", "Street")


def test_a_round_that_waits_is_run_and_not_doubled(reviewed: Reviewed) -> None:
    reviewed.review(60)
    waiting = round_start(project_id=reviewed.project.id, send=False)
    call_command("train", "Yard", stdout=StringIO(), stderr=StringIO())
    assert [(row.id, row.state) for row in Round.objects.all()] == [(waiting.id, "done")]


def test_the_table_compares_with_the_champion() -> None:
    def figures(f1: float) -> dict:
        row = {"precision": 0.5, "recall": 1.0, "f1": f1}
        return {
            "accuracy": 0.25,
            "macro": row,
            "per_class": [{**row, "name": "run", "label_id": 1, "support": 8}],
            "n": 12,
        }

    assert table({"candidate": figures(0.75), "champion": figures(0.5)}) == [
        "                 precision recall   F1  before  windows",
        "run                   0.50   1.00 0.75    0.50        8",
        "macro                 0.50   1.00 0.75    0.50       12",
        "accuracy              0.25",
    ]
