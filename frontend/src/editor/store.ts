import { useSyncExternalStore } from "react";

/** A value that can be watched; hot paths subscribe without React. */
export class Store<T extends object> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  get = (): T => this.value;

  /** Changes some fields; tells the listeners only when one really differs. */
  set(part: Partial<T>): void {
    const names = Object.keys(part) as (keyof T)[];
    if (names.every((name) => Object.is(part[name], this.value[name]))) return;
    this.value = { ...this.value, ...part };
    for (const listener of [...this.listeners]) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

/** One part of a store in a component. `select` must give equal results for equal states. */
export function useStore<T extends object, Part>(
  store: Store<T>,
  select: (value: T) => Part,
): Part {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
