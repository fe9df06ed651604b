import { useSyncExternalStore } from "react";

import { Button } from "./Button";
import { Icon } from "./Icon";
import { errorMessage } from "./states";

interface ToastMessage {
  id: number;
  text: string;
  tone: "ok" | "bad";
  /** A message takes the place of the last one about the same. */
  about: string;
}

const SHOWN_MS = 6000;
/** A long text takes longer to read. */
const READ_MS = 65;
// More good news than this would cover the page.
const MOST_OK = 3;
let messages: ToastMessage[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: ToastMessage[]): void {
  messages = next;
  listeners.forEach((listener) => listener());
}

function dismiss(id: number): void {
  change(messages.filter((message) => message.id !== id));
}

/** Say something in the corner. Good news leaves by itself; a failure stays until closed. */
export function toast(text: string, tone: ToastMessage["tone"] = "ok", about = text): void {
  const id = nextId++;
  const others = messages.filter((message) => message.about !== about);
  const ok = others.filter((message) => message.tone === "ok");
  const surplus = tone === "ok" ? ok.slice(0, 1 - MOST_OK) : [];
  const kept = others.filter((message) => !surplus.includes(message));
  change([...kept, { id, text, tone, about }]);
  if (tone === "ok") setTimeout(() => dismiss(id), Math.max(SHOWN_MS, text.length * READ_MS));
}

export const toastError = (error: unknown) => toast(errorMessage(error), "bad");

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => messages,
  );
  return (
    <div className="toasts" aria-live="polite">
      {shown.map(({ id, text, tone }) => (
        <div key={id} className={`notice toast notice-${tone === "bad" ? "bad" : "accent"}`}>
          <span className="grow">{text}</span>
          <Button variant="ghost" small iconOnly aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </Button>
        </div>
      ))}
    </div>
  );
}
