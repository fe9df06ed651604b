import { useSyncExternalStore } from "react";

import { Button } from "./Button";
import { Icon } from "./Icon";
import { errorMessage } from "./states";

interface ToastMessage {
  id: number;
  text: string;
  tone: "ok" | "bad";
}

const SHOWN_MS = 6000;
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
export function toast(text: string, tone: ToastMessage["tone"] = "ok"): void {
  const id = nextId++;
  change([...messages.filter((message) => message.text !== text), { id, text, tone }]);
  if (tone === "ok") setTimeout(() => dismiss(id), SHOWN_MS);
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
