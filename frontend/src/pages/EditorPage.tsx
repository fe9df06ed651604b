import { useSearchParams } from "wouter";

import { useVideo } from "../api/queries";
import { useTitle } from "../app/title";
import Editor from "../editor/Editor";
import { rangeFrom } from "./paths";

interface Props {
  projectId: number;
  videoId: string;
}

/**
 * Opens the editor at what the address names: `?tube=…`, `?segment=…` or `?stretch=0-250` (frames,
 * the end not included), with `&frame=…` and `&review=1`.
 */
export default function EditorPage({ projectId, videoId }: Props) {
  const [search] = useSearchParams();
  useTitle(useVideo(videoId).data?.name);
  const frame = search.get("frame");
  return (
    <Editor
      projectId={projectId}
      videoId={videoId}
      subject={{
        tubeId: search.get("tube"),
        spanId: search.get("segment"),
        stretch: rangeFrom(search.get("stretch")),
      }}
      frame={frame && /^\d+$/.test(frame) ? Number(frame) : undefined}
      review={search.get("review") === "1"}
    />
  );
}
