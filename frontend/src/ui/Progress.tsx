/** A bar from 0 to 1; null means "waiting, no figure yet". */
export function Progress({ value, label }: { value: number | null; label: string }) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <span
      className={value === null ? "progress progress-waiting" : "progress"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span
        className="progress-bar"
        style={percent === undefined ? {} : { width: `${percent}%` }}
      />
    </span>
  );
}
