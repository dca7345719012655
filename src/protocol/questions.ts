interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

export type Answer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

/** Pairs the answers of another process or thread with what it was asked. */
export class Questions {
  readonly #pending = new Map<number, Pending>();
  #next = 1;

  /** `send` puts it to the other side under this number. */
  ask<T>(send: (id: number) => void): Promise<T> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      send(id);
    });
  }

  /** An answer to what nobody asked, or asked no more, is none. */
  answer(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('error' in answer) pending?.reject(new Error(answer.error));
    else pending?.resolve(answer.result as never);
  }

  /** Nobody will answer any more. */
  fail(because: string): void {
    const open = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of open) reject(new Error(because));
  }
}
