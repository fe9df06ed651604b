import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { post } from "../../api/client";
import { refreshJobs, refreshProject } from "../../api/jobs";
import { useRounds, useTrainChoices } from "../../api/queries";
import type { Project, Round, TrainChoices } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { ErrorNote, ErrorState, Loading } from "../../ui/states";
import { toast } from "../../ui/Toast";
import { ChoiceList } from "./ChoiceList";
import { isWaiting } from "./loopText";
import { isRunning } from "./roundText";
import { costText, firstNet, netsOf, recipeChoices, wishOf, type Wish } from "./trainChoice";

/** Chooses what a round trains, and starts it. */
export function TrainDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const client = useQueryClient();
  const choices = useTrainChoices(project.id);
  const [wish, setWish] = useState<Wish | null>(null);
  const chosen = wish ?? (choices.data ? wishOf(choices.data) : null);
  const train = useMutation({
    mutationFn: (body: object) => post<Round>(`/api/projects/${project.id}/rounds`, body),
    onSuccess: (round) => {
      refreshJobs(client, project.id);
      refreshProject(client, project.id);
      toast(startedText(round));
      onClose();
    },
  });
  // Nobody has to wait for the list: until it is here the round takes what the project is set to.
  const ready = choices.data ? chosen && isReady(choices.data, chosen) : choices.isPending;
  return (
    <Dialog
      title="Retrain"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabled={!ready}
            busy={train.isPending}
            onClick={() => train.mutate(chosen ? bodyOf(chosen) : {})}
          >
            Train
          </Button>
        </>
      }
    >
      <div className="stack">
        <p className="muted">
          Trains on what has been reviewed, measures on what was held out, and puts the new model to
          use only if it is better.
        </p>
        <UnderWayNote project={project} />
        {choices.isPending ? (
          <Loading what="what can be trained" />
        ) : choices.isError ? (
          <ErrorState
            title="What can be trained could not be loaded"
            error={choices.error}
            onRetry={() => void choices.refetch()}
          />
        ) : (
          chosen && <Choice choices={choices.data} wish={chosen} onWish={setWish} />
        )}
        <ErrorNote error={train.error} />
      </div>
    </Dialog>
  );
}

/** That another round is under way, and what becomes of this one. */
function UnderWayNote({ project }: { project: Project }) {
  const { data: rounds = [] } = useRounds(project.id);
  const active = rounds.filter(isRunning).sort((a, b) => a.number - b.number);
  const [first] = active;
  if (!first) return null;
  return (
    <p className="notice notice-accent">
      Round {first.number} is under way: this one waits and begins when it is done. One that waits
      already with the same wishes is not started twice.
    </p>
  );
}

const startedText = (round: Round): string =>
  isWaiting(round)
    ? `Round ${round.number} waits for the one under way and begins by itself.`
    : `Round ${round.number} is on its way. You can go on working meanwhile.`;

interface ChoiceProps {
  choices: TrainChoices;
  wish: Wish;
  onWish: (wish: Wish) => void;
}

function Choice({ choices, wish, onWish }: ChoiceProps) {
  const recipe = choices.recipes.find(({ name }) => name === wish.recipe);
  const nets = netsOf(choices, wish.recipe);
  const net = nets.find((each) => each.net === wish.net);
  const choose = (name: string) =>
    onWish({ recipe: name, net: firstNet(choices, name, wish.net), epochs: null });
  return (
    <>
      <ChoiceList
        title="Recipe"
        name="recipe"
        options={recipeChoices(choices)}
        chosen={wish.recipe}
        onChoose={choose}
      />
      {recipe?.needs_net && (
        <SelectField
          label="Net"
          value={wish.net}
          hint={net && costText(choices, wish, net)}
          onChange={(event) => onWish({ ...wish, net: event.target.value })}
        >
          {nets.map((each) => (
            <option key={each.net} value={each.net} disabled={!each.available}>
              {each.title}
              {each.available ? "" : " (no trained weights here)"}
            </option>
          ))}
        </SelectField>
      )}
      {recipe?.trains_net && (
        <TextField
          label="Epochs"
          type="number"
          min={1}
          max={1000}
          value={wish.epochs ?? String(recipe.params["epochs"] ?? "")}
          hint="How often it goes through all reviewed windows."
          onChange={(event) => onWish({ ...wish, epochs: event.target.value })}
        />
      )}
    </>
  );
}

/** Whether the round can be asked for: a recipe that needs a net has one that can be trained. */
function isReady(choices: TrainChoices, wish: Wish): boolean {
  const recipe = choices.recipes.find(({ name }) => name === wish.recipe);
  if (!recipe) return false;
  if (wish.epochs !== null && !(Number(wish.epochs) >= 1)) return false;
  return (
    !recipe.needs_net ||
    netsOf(choices, wish.recipe).some((each) => each.net === wish.net && each.available)
  );
}

function bodyOf({ recipe, net, epochs }: Wish): object {
  return { recipe, net, params: epochs === null ? {} : { epochs: Number(epochs) } };
}
