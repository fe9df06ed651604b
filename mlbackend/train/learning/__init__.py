"""How well the loop learns: what a round's figures say beside its decision, and over the rounds."""
