import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

/** Longer than any thread takes that is not stuck. */
const patienceMs = 1000;

/**
 * False: it is in a call that does not return, such as on a pipe that a test has put in the place of a file or on a file system that
 * hangs. The end of this process would wait for it for ever.
 */
export async function endThread(worker: Worker | null): Promise<boolean> {
  if (worker === null) return true;
  const enough = new AbortController();
  // Called off, it rejects, and nobody waits for it any more.
  const tooLong = sleep(patienceMs, false, { signal: enough.signal }).catch(() => false);
  const ended = await Promise.race([worker.terminate().then(() => true), tooLong]);
  enough.abort();
  return ended;
}
