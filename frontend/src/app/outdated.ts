/** A page that stayed open over an update asks for files that are gone: it is loaded anew. */

const MARK = "tubelab.reloaded-at";
// A second failure right after a reload is no matter of age: the page shows it instead.
const ONCE_IN_MS = 60_000;

export function reloadWhenOutdated(reload: () => void = () => window.location.reload()): void {
  window.addEventListener("vite:preloadError", (event) => {
    const lastMs = Number(sessionStorage.getItem(MARK) ?? 0);
    if (Date.now() - lastMs < ONCE_IN_MS) return;
    sessionStorage.setItem(MARK, String(Date.now()));
    event.preventDefault();
    reload();
  });
}
