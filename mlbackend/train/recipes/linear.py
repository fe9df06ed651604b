"""One line per action on features that are there already: HOG/HOF, or a net as it is."""

from __future__ import annotations

from dataclasses import dataclass

from mlbackend.train.dataset import check_trainable, dataset_from
from mlbackend.train.fitted import fitted
from mlbackend.train.loop import fit
from mlbackend.train.recipes.base import Learned, Work


@dataclass(frozen=True)
class Linear:
    """See `base.Recipe`: `solver` is a name of `estimator.RECIPES`."""

    name: str
    title: str
    about: str
    nets: str
    solver: str
    trains_net: bool = False

    def learn(self, work: Work) -> Learned:
        from mlbackend.data.hog_hof_descriptor import HOG_HOF
        from mlbackend.train.features import snapshot_features
        from mlbackend.train.start import start_descriptor

        descriptor, features, files, start = HOG_HOF, {}, {}, None
        if self.nets == "always":
            descriptor, features, files, start = start_descriptor(work)
        found = snapshot_features(
            work.content, descriptor, lambda f, m: work.progress(0.05 + 0.5 * f, m)
        )
        dataset = dataset_from(work.content, found)
        check_trainable(dataset)
        work.progress(
            0.6, f"Training on {len(dataset.train.Y)} windows of {dataset.train.tubes} tubes."
        )
        mirror = descriptor.mirrored if work.mirror else None
        model = fitted(
            work.folder,
            dataset.label_ids,
            # Where the last hold-out video goes meanwhile, tubes it learned from would measure it.
            f"{descriptor.key} {dataset.rule.value}",
            lambda: fit(dataset, self.solver, work.seed, mirror),
        )
        facts = {"params": {"seed": work.seed, "solver": self.solver}, "start": start}
        return Learned(dataset, model, descriptor, features, files, facts)
