/** What the dialog of a round offers, and what it says of the cost. */

import type { NetChoice, TrainChoices } from "../../api/types";
import { plural } from "../format";
import type { Option } from "./ChoiceList";

/** What a round is asked to train; `epochs` is null where the recipe's own number holds. */
export interface Wish {
  recipe: string;
  net: string;
  epochs: string | null;
}

export const netsOf = (choices: TrainChoices, recipe: string): NetChoice[] =>
  choices.recipes.find(({ name }) => name === recipe)?.nets ?? [];

/** The net to offer first: the one named, else one that has weights, of these the quickest. */
export function firstNet(choices: TrainChoices, recipe: string, wanted: string): string {
  const able = netsOf(choices, recipe).filter(({ available }) => available);
  const cost = (net: NetChoice) => (net.start ? 0 : 1e9) + (net.seconds_per_window ?? 1e6);
  const quickest = [...able].sort((a, b) => cost(a) - cost(b))[0];
  return (able.find(({ net }) => net === wanted) ?? quickest)?.net ?? "";
}

/** The project's own wish where it can be trained, else what always can. */
export function wishOf(choices: TrainChoices): Wish {
  const own = recipeChoices(choices).find(({ value }) => value === choices.recipe);
  const recipe = own && !own.reason ? own.value : "logistic";
  return { recipe, net: firstNet(choices, recipe, choices.net), epochs: null };
}

/** Recipes as options: one that needs weights and finds none says so. */
export function recipeChoices(choices: TrainChoices): Option[] {
  return choices.recipes.map((recipe) => {
    const able = recipe.nets.some(({ available }) => available);
    return {
      value: recipe.name,
      title: recipe.title,
      note: recipe.about,
      reason:
        recipe.needs_net && !able
          ? "No net has trained weights on this machine. Fetch or add some under Models."
          : "",
    };
  });
}

/** What training a net begins with and takes: "Begins with …. About 5 min." */
export function costText(choices: TrainChoices, wish: Wish, net: NetChoice): string {
  const begins = net.start
    ? `Begins with ${net.start}.`
    : "Begins from nothing: no trained weights of it are here.";
  const recipe = choices.recipes.find(({ name }) => name === wish.recipe);
  const passes = recipe?.trains_net ? Number(wish.epochs ?? recipe.params["epochs"] ?? 1) : 1;
  const each = net.seconds_per_window;
  if (each === null || !(passes > 0)) return begins;
  const how = net.measured ? "as measured here" : "a rough guess";
  if (choices.windows === null) {
    return `${begins} ${time(each * passes * 100)} for 100 windows (${how}).`;
  }
  const seconds = each * passes * choices.windows;
  return `${begins} ${time(seconds)} for ${plural(choices.windows, "window")} (${how}).`;
}

/** "About 40 s", "About 5 min", "About 3 h". */
export function time(seconds: number): string {
  if (seconds < 90) return `About ${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `About ${Math.round(seconds / 60)} min`;
  return `About ${Math.round(seconds / 3600)} h`;
}
