/** A pause longer than this is not work. */
const IDLE_MS = 30_000;

/** Counts seconds of active work from signs of life: keys, pointer, wheel. */
export class Activity {
  private totalMs = 0;
  private lastMs: number | null = null;

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Something was done just now. */
  mark(): void {
    const now = this.nowMs();
    if (this.lastMs !== null) this.totalMs += Math.min(now - this.lastMs, IDLE_MS);
    this.lastMs = now;
  }

  /** Seconds since the last call, to a tenth. */
  take(): number {
    this.mark();
    const seconds = Math.round(this.totalMs / 100) / 10;
    this.totalMs = 0;
    return seconds;
  }
}
