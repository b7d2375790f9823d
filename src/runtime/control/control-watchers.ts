/**
 * Watches of a control store: which callbacks a set of changed keys concerns. A burst of changes in
 * one turn makes one call per watch, after the turn, so a callback never runs inside a commit.
 */
interface Watch {
  readonly prefix: string;
  readonly changed: () => void;
  pending: boolean;
  open: boolean;
}

export class ControlWatchers {
  readonly #watches = new Set<Watch>();

  add(prefix: string, changed: () => void): { close(): void } {
    const watch: Watch = { prefix, changed, pending: false, open: true };
    this.#watches.add(watch);
    return {
      close: () => {
        watch.open = false;
        this.#watches.delete(watch);
      },
    };
  }

  notify(keys: readonly string[]): void {
    for (const watch of this.#watches) {
      if (watch.pending || !keys.some((key) => key.startsWith(watch.prefix))) continue;
      watch.pending = true;
      queueMicrotask(() => {
        watch.pending = false;
        if (watch.open) watch.changed();
      });
    }
  }
}
