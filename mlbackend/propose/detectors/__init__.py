"""One detector a file; `mlbackend.propose.detect` names them all."""
