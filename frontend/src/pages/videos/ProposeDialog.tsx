import { useMutation, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { post } from "../../api/client";
import { refreshJobs } from "../../api/jobs";
import { useDetectors, useRecognizers } from "../../api/queries";
import type { Detector, Job, Project, Video } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote, ErrorState, Loading } from "../../ui/states";
import { toast } from "../../ui/Toast";
import { plural } from "../format";
import { ModelChoice } from "./ModelChoice";

interface Props {
  project: Project;
  /** The videos to look at. */
  videos: Video[];
  onClose: () => void;
}

/** The model to offer first: the project's, else the default, else any that can run. */
export function preferred(models: Detector[], wanted: unknown): string | undefined {
  const able = models.filter((model) => model.available);
  const choice =
    able.find((model) => model.name === wanted) ?? able.find((model) => model.default) ?? able[0];
  return choice?.name;
}

/** Chooses a detector and a recognizer, and starts looking for people and what they do. */
export function ProposeDialog({ project, videos, onClose }: Props) {
  const client = useQueryClient();
  const detectors = useDetectors(project.id);
  const recognizers = useRecognizers(project.id);
  const [chosenDetector, chooseDetector] = useState<string>();
  const [chosenRecognizer, chooseRecognizer] = useState<string>();
  const [actionsOnly, setActionsOnly] = useState(false);
  const { settings } = project;
  const detector = chosenDetector ?? preferred(detectors.data ?? [], settings["detector"]);
  const recognizer = chosenRecognizer ?? preferred(recognizers.data ?? [], settings["recognizer"]);
  const propose = useMutation({
    mutationFn: () =>
      post<Job[]>(`/api/projects/${project.id}/propose`, {
        video_ids: videos.map((video) => video.id),
        detector: actionsOnly ? undefined : detector,
        recognizer,
        actions_only: actionsOnly,
      }),
    onSuccess: (jobs) => {
      refreshJobs(client, project.id);
      toast(`Proposing on ${plural(jobs.length, "video")}. You can go on working meanwhile.`);
      onClose();
    },
  });
  const only = videos.length === 1 ? videos[0] : undefined;
  return (
    <Dialog
      title={only ? `Propose on ${only.name}` : `Propose on ${plural(videos.length, "video")}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabled={(!detector && !actionsOnly) || !recognizer || videos.length === 0}
            busy={propose.isPending}
            onClick={() => propose.mutate()}
          >
            Propose
          </Button>
        </>
      }
    >
      <div className="stack">
        <p className="muted">
          {actionsOnly
            ? "Looks at the proposed people that nobody has touched, and suggests anew what they do."
            : "Finds people, follows them through the video, and suggests what they do. It " +
              "replaces earlier proposals that nobody has touched, and nothing else."}
        </p>
        {videos.some((video) => video.is_blind) && (
          <p className="notice">
            {only ? "This is a hold-out video" : "Some of them are hold-out videos"}: what is
            proposed there stays hidden, and measures the models.
          </p>
        )}
        <label className="row">
          <input
            type="checkbox"
            checked={actionsOnly}
            onChange={(event) => setActionsOnly(event.target.checked)}
          />
          Only actions: keep the people that are there
        </label>
        {!actionsOnly && (
          <Asked
            what="detectors"
            query={detectors}
            show={(models) => (
              <ModelChoice
                legend="Detector"
                models={models}
                chosen={detector}
                onChoose={chooseDetector}
              />
            )}
          />
        )}
        <Asked
          what="recognizers"
          query={recognizers}
          show={(models) => (
            <ModelChoice
              legend="Recognizer"
              models={models}
              chosen={recognizer}
              onChoose={chooseRecognizer}
            />
          )}
        />
        <ErrorNote error={propose.error} />
      </div>
    </Dialog>
  );
}

interface AskedProps {
  what: string;
  query: UseQueryResult<Detector[]>;
  show: (models: Detector[]) => ReactNode;
}

function Asked({ what, query, show }: AskedProps) {
  if (query.isPending) return <Loading what={`the ${what}`} />;
  if (query.isError) {
    const title = `The ${what} could not be loaded`;
    return <ErrorState title={title} error={query.error} onRetry={() => void query.refetch()} />;
  }
  return show(query.data);
}
