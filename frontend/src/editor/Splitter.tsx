import { useRef, type KeyboardEvent, type PointerEvent } from "react";

import { clamp } from "../domain/box";

const KEPT = "tubelab-timeline-height";
const STEP_PX = 24;

/** Drags the border between picture and timeline; the height is remembered. */
export function Splitter() {
  const held = useRef<{ y: number; height: number } | null>(null);
  const down = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = { y: event.clientY, height: timelineHeight(event.currentTarget) };
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (!held.current) return;
    setHeight(event.currentTarget, held.current.height + held.current.y - event.clientY);
  };
  const key = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowUp: STEP_PX, ArrowDown: -STEP_PX }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setHeight(event.currentTarget, timelineHeight(event.currentTarget) + step);
  };
  return (
    <div
      className="splitter"
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the timeline"
      tabIndex={0}
      ref={(element) => {
        const kept = Number(localStorage.getItem(KEPT));
        if (element && kept > 0) setHeight(element, kept);
      }}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => (held.current = null)}
      onPointerCancel={() => (held.current = null)}
      onKeyDown={key}
    />
  );
}

function timelineHeight(splitter: HTMLElement): number {
  return (splitter.nextElementSibling as HTMLElement).offsetHeight;
}

function setHeight(splitter: HTMLElement, wanted: number): void {
  const height = Math.round(clamp(wanted, 90, window.innerHeight * 0.6));
  splitter.parentElement!.style.setProperty("--timeline-height", `${height}px`);
  localStorage.setItem(KEPT, String(height));
}
