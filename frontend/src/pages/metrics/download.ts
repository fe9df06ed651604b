/** Hand text to the browser as a file. */
export function saveText(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download starts after this turn; until then the address has to be good.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
