"""Run a checkout of the official ActivityNet repository on files, and time it.

    PYTHON -m scripts.official_evaluators ava CHECKOUT LABELS TRUTH PREDICTIONS
    PYTHON -m scripts.official_evaluators activitynet CHECKOUT TRUTH PREDICTIONS

PYTHON needs numpy, for activitynet also pandas and joblib, and lib2to3 (up to Python 3.12).
Prints one line of JSON. The checkout is copied and the copy is run; what the passing of years asks
for is done from outside: names that NumPy dropped are set, Python 2 is converted, and one process
is used in place of one per class.
"""

import contextlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

DROPPED = {"float": float, "bool": bool, "int": int, "NAN": np.nan, "trapz": np.trapezoid}
SCORE = "PascalBoxes_PerformanceByCategory/AP@0.5IOU/"


def main(arguments: list[str]) -> None:
    task, checkout, *files = arguments
    for name, value in DROPPED.items():
        if name not in np.__dict__:
            setattr(np, name, value)
    with tempfile.TemporaryDirectory() as folder:
        code = shutil.copytree(Path(checkout) / "Evaluation", Path(folder) / "Evaluation")
        sys.path[:0] = [str(code), str(code / "ava")]
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            figures = {"ava": ava, "activitynet": activitynet}[task](code, *files)
    print(json.dumps(figures))


def ava(code: Path, labels: str, truth: str, predictions: str) -> dict[str, Any]:
    import get_ava_performance as official

    read_csv, reading, found = official.read_csv, [], {}

    def timed(*given: Any) -> Any:
        started = time.process_time()
        result = read_csv(*given)
        reading.append(time.process_time() - started)
        return result

    official.read_csv = timed
    official.pprint.pprint = lambda metrics, indent: found.update(metrics)
    started = time.process_time()
    with open(labels) as a, open(truth) as b, open(predictions) as c:
        official.run_evaluation(a, b, c)
    seconds = time.process_time() - started
    return {
        "seconds": seconds,
        "reading": sum(reading),
        "mean": found["PascalBoxes_Precision/mAP@0.5IOU"],
        "AP": {
            name.removeprefix(SCORE): None if np.isnan(value) else float(value)
            for name, value in found.items()
            if name.startswith(SCORE)
        },
    }


def activitynet(code: Path, truth: str, predictions: str) -> dict[str, Any]:
    sources = [str(code / name) for name in ("eval_detection.py", "utils.py")]
    convert = [sys.executable, "-W", "ignore", "-m", "lib2to3", "-w", "-n", "--no-diffs", *sources]
    subprocess.run(convert, check=True, capture_output=True)
    import eval_detection as official

    parallel = official.Parallel
    official.Parallel = lambda n_jobs: parallel(n_jobs=1)
    started = time.process_time()
    evaluator = official.ANETdetection(truth, predictions, check_status=False)
    reading = time.process_time() - started
    evaluator.evaluate()
    seconds = time.process_time() - started
    names = evaluator.activity_index
    return {
        "seconds": seconds,
        "reading": reading,
        "mean": float(evaluator.average_mAP),
        "AP": {name: evaluator.ap[:, index].tolist() for name, index in names.items()},
    }


if __name__ == "__main__":
    main(sys.argv[1:])
