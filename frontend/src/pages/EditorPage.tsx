import { useSearchParams } from "wouter";

import { useVideo } from "../api/queries";
import { useTitle } from "../app/title";
import Editor from "../editor/Editor";

interface Props {
  projectId: number;
  videoId: string;
}

/** Opens the editor at what the address names: `?tube=…&frame=…&review=1`. */
export default function EditorPage({ projectId, videoId }: Props) {
  const [search] = useSearchParams();
  useTitle(useVideo(videoId).data?.name);
  const frame = search.get("frame");
  return (
    <Editor
      projectId={projectId}
      videoId={videoId}
      tubeId={search.get("tube") ?? undefined}
      frame={frame && /^\d+$/.test(frame) ? Number(frame) : undefined}
      review={search.get("review") === "1"}
    />
  );
}
