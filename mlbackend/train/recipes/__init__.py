"""The ways to train. Adding one is one file in this folder and one line in `RECIPES`."""

from mlbackend.train.recipes.base import Learned, Recipe, Work
from mlbackend.train.recipes.deep import Deep
from mlbackend.train.recipes.linear import Linear

__all__ = ["RECIPES", "Learned", "Recipe", "Work"]

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Linear(
            "logistic",
            "HOG/HOF, logistic regression",
            "Needs no weights and a minute: shapes and motion along the tube, one line per action.",
            nets="never",
            solver="logistic",
        ),
        Linear(
            "svm",
            "HOG/HOF, linear SVM",
            "As logistic regression, by a support vector machine.",
            nets="never",
            solver="svm",
        ),
        Linear(
            "head",
            "Head of a net",
            "One line per action on what a trained net sees; the net itself stays as it is.",
            nets="always",
            solver="logistic",
        ),
        Deep(
            "finetune",
            "Fine-tune a net",
            "Trains the last stages of a trained net with the head.",
        ),
        Deep(
            "full",
            "Train a whole net",
            "Trains every parameter, from trained weights or from nothing; from nothing it needs "
            "thousands of reviewed tubes to be worth it.",
        ),
    )
}
