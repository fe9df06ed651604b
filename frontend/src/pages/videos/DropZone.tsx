import { useRef, useState, type DragEvent, type ReactNode } from "react";

import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";

const ACCEPT = "video/*,.mkv,.avi,.mov,.mp4,.webm,.mpg,.mpeg,.ts,.m4v";

interface Props {
  onFiles: (files: File[]) => void;
  disabled: boolean;
  children: ReactNode;
}

const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");

/** Makes the whole of its content a place to drop files on. */
export function DropZone({ onFiles, disabled, children }: Props) {
  const [over, setOver] = useState(false);
  // Enter and leave fire for every child; the difference tells when the pointer is really out.
  const depth = useRef(0);
  if (disabled) return <>{children}</>;
  const leave = () => {
    depth.current = Math.max(0, depth.current - 1);
    if (depth.current === 0) setOver(false);
  };
  return (
    <div
      className={over ? "dropzone dropzone-over" : "dropzone"}
      onDragEnter={(event) => {
        if (!hasFiles(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragLeave={leave}
      onDragOver={(event) => hasFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
      {over && (
        <div className="dropzone-hint">
          <Icon name="upload" size={28} />
          Drop the videos to upload them
        </div>
      )}
    </div>
  );
}

/** The same by a file dialog. */
export function FilePicker({ onFiles, primary }: { onFiles: Props["onFiles"]; primary: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button variant={primary ? "primary" : "default"} onClick={() => input.current?.click()}>
        <Icon name="upload" />
        Upload videos
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={ACCEPT}
        aria-label="Videos to upload"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </>
  );
}
