/** Identifiers made by the client, so that a commit can be sent twice without doubling anything. */

/**
 * A random version 4 UUID.
 *
 * `crypto.randomUUID` exists only on https and localhost; `getRandomValues` exists everywhere.
 */
export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return uuidFromBytes(crypto.getRandomValues(new Uint8Array(16)));
}

/** Sixteen random bytes as a version 4 UUID (RFC 9562, section 5.4). */
export function uuidFromBytes(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, index) => {
    if (index === 6) byte = (byte & 0x0f) | 0x40;
    if (index === 8) byte = (byte & 0x3f) | 0x80;
    return byte.toString(16).padStart(2, "0");
  }).join("");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
