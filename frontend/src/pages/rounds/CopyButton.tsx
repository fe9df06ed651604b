import { useState, type ReactNode } from "react";

import { Button } from "../../ui/Button";
import { toastError } from "../../ui/Toast";

const SHOWN_MS = 1600;

/** Puts a text on the clipboard and says so for a moment. */
export function CopyButton({
  text,
  what,
  children,
}: {
  text: string;
  what: string;
  children?: ReactNode;
}) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await copyText(text);
      setDone(true);
      setTimeout(() => setDone(false), SHOWN_MS);
    } catch (error) {
      toastError(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return (
    <Button small variant="ghost" aria-label={`Copy ${what}`} onClick={() => void copy()}>
      {done ? "Copied" : (children ?? "Copy")}
    </Button>
  );
}

/** On plain http to another host browsers have no clipboard object; a selection still copies. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("The browser does not let the page copy. Select the text instead.");
}
