import { useState } from "react";

import type { DiffCase } from "../../../api/types";
import { rectOf } from "./cases";

interface Props {
  item: DiffCase;
  side: "won" | "lost";
}

/** The frame of a case with the box drawn over it, at the picture's own proportions. */
export function CasePicture({ item, side }: Props) {
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const [failed, setFailed] = useState(false);
  if (failed) return <div className="case-picture case-missing">No picture of this frame</div>;
  const rect = size && rectOf(item.box_norm, size.width, size.height);
  return (
    <div className={size ? "case-picture" : "case-picture case-loading"}>
      <img
        src={`/api/videos/${item.video_id}/frames/${item.frame}`}
        alt={`${item.video} at ${item.time_s.toFixed(1)} s`}
        loading="lazy"
        decoding="async"
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
          setSize({ width, height })
        }
        onError={() => setFailed(true)}
      />
      {size && rect && (
        <svg viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
          <rect className="case-box-edge" {...rect} />
          <rect className={`case-box case-box-${side}`} {...rect} />
        </svg>
      )}
    </div>
  );
}
