import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** Everything written is read, unless a process that escaped the cage holds a pipe: then it is cut, which the answer says. */
export async function drained(
  pipes: readonly (Readable | Writable | null | undefined)[],
  ms: number,
): Promise<boolean> {
  const streams = pipes.flatMap(stream => (stream && !stream.closed ? [stream] : []));
  const closed = Promise.all(streams.map(stream => new Promise(resolve => stream.once('close', resolve))));
  const inTime = closed.then(() => false);
  let leaked = await Promise.race([inTime, sleep(ms, true, { ref: false })]);
  // After a stall, timers run before what is there to be read: a turn for that, and no more, however much is written.
  for (let turn = 0; leaked && turn < 2; turn++) leaked = await Promise.race([inTime, nextTurn(true)]);
  for (const stream of streams) stream.destroy();
  return leaked;
}
