/** Seconds as people read them: `4.20`, `1:04.2`, `1:02:03`. */
export function clock(seconds: number, digits = 2): string {
  const sign = seconds < 0 ? "-" : "";
  const whole = Math.abs(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = (whole % 60).toFixed(digits);
  const padded = rest.padStart(digits > 0 ? digits + 3 : 2, "0");
  if (hours > 0) return `${sign}${hours}:${String(minutes).padStart(2, "0")}:${padded}`;
  return `${sign}${minutes}:${padded}`;
}
