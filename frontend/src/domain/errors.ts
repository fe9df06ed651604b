/** An edit that cannot be made; `message` says what is wrong and what to do instead. */
export class InvalidInput extends Error {
  constructor(
    message: string,
    readonly detail: Record<string, unknown> | null = null,
  ) {
    super(message);
    this.name = "InvalidInput";
  }
}

/** An operation that does not fit the annotations; `detail` has its `index` and `op`. */
export class InvalidOperation extends InvalidInput {
  constructor(message: string, detail: Record<string, unknown> | null = null) {
    super(message, detail);
    this.name = "InvalidOperation";
  }
}
