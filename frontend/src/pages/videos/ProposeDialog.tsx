import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { post } from "../../api/client";
import { refreshJobs } from "../../api/jobs";
import { useDetectors } from "../../api/queries";
import type { Detector, Job, Project, Video } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ErrorNote, ErrorState, Loading } from "../../ui/states";
import { toast } from "../../ui/Toast";
import { plural } from "../format";

interface Props {
  project: Project;
  /** The videos to look at. */
  videos: Video[];
  onClose: () => void;
}

/** The detector to offer first: the project's, else the default, else any that can run. */
export function preferredDetector(detectors: Detector[], wanted: unknown): string | undefined {
  const able = detectors.filter((detector) => detector.available);
  const choice =
    able.find((detector) => detector.name === wanted) ??
    able.find((detector) => detector.default) ??
    able[0];
  return choice?.name;
}

/** Chooses the detector and starts looking for people. */
export function ProposeDialog({ project, videos, onClose }: Props) {
  const client = useQueryClient();
  const detectors = useDetectors(project.id);
  const [chosen, setChosen] = useState<string>();
  const detector = chosen ?? preferredDetector(detectors.data ?? [], project.settings["detector"]);
  const propose = useMutation({
    mutationFn: () =>
      post<Job[]>(`/api/projects/${project.id}/propose`, {
        video_ids: videos.map((video) => video.id),
        detector,
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
            disabled={!detector || videos.length === 0}
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
          Finds people, follows them through the video, and suggests what they do. It replaces
          earlier proposals that nobody has touched, and nothing else.
        </p>
        {detectors.isPending ? (
          <Loading what="the detectors" />
        ) : detectors.isError ? (
          <ErrorState
            title="The detectors could not be loaded"
            error={detectors.error}
            onRetry={() => void detectors.refetch()}
          />
        ) : (
          <DetectorChoice detectors={detectors.data} chosen={detector} onChoose={setChosen} />
        )}
        <ErrorNote error={propose.error} />
      </div>
    </Dialog>
  );
}

interface ChoiceProps {
  detectors: Detector[];
  chosen: string | undefined;
  onChoose: (name: string) => void;
}

function DetectorChoice({ detectors, chosen, onChoose }: ChoiceProps) {
  const ableFirst = [...detectors].sort((a, b) => Number(b.available) - Number(a.available));
  return (
    <fieldset className="field">
      <legend className="field-label">Detector</legend>
      <div className="choices">
        {ableFirst.map((detector) => (
          <label
            key={detector.name}
            className={detector.available ? "choice" : "choice choice-off"}
          >
            <input
              type="radio"
              name="detector"
              value={detector.name}
              checked={detector.name === chosen}
              disabled={!detector.available}
              onChange={() => onChoose(detector.name)}
            />
            <span className="grow">
              <span className="row spread">
                <strong>{detector.title}</strong>
                {!detector.available && <Badge tone="warn">not available</Badge>}
              </span>
              <span className="small muted wrap">{detector.speed_note}</span>
              {!detector.available && <span className="small warn wrap">{detector.reason}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
