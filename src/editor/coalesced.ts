/**
 * Work of which only the latest state matters: never twice at a time, and however often it is asked for meanwhile, once more
 * afterwards. Each caller's promise is settled by a pass that began after the call.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    next = undefined;
    const pass = work().finally(() => {
      if (running === pass) running = undefined;
    });
    running = pass;
    return pass;
  };
  return () => {
    if (!running) return begin();
    next ??= running.then(begin, begin);
    return next;
  };
}
