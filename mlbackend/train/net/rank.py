"""``python -m torch.distributed.run -m mlbackend.train.net.rank FOLDER``: see `launch`."""

import sys
from pathlib import Path

from mlbackend.train.net.launch import run_rank

if __name__ == "__main__":
    run_rank(Path(sys.argv[1]))
