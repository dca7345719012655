import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { EventReader } from '../src/engine/event-reader.ts';
import { Portions } from '../src/engine/portions.ts';
import type { InsideEvent } from '../src/protocol/events.ts';

/** The bundle of the code inside, as it is made for the package. */
export async function bundleSender(folder: string): Promise<string> {
  const outfile = join(folder, 'sender.cjs');
  await build({
    entryPoints: [resolve(import.meta.dirname, 'sender.entry.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    logLevel: 'warning',
  });
  return outfile;
}

export interface Received {
  readonly events: number;
  readonly problems: readonly string[];
  readonly signal: NodeJS.Signals | null;
  /** Of the sender, for saying them all. */
  readonly cpuUs: number;
}

/** Everything that the sender says on fd 3, read by the real reader until the pipe ends. */
export async function receive(
  sender: string,
  [from, to]: readonly [number, number],
  onEvent: (event: InsideEvent) => void,
): Promise<Received> {
  const child: ChildProcess = spawn(process.execPath, [sender, String(from), String(to)], {
    stdio: ['ignore', 'inherit', 'pipe', 'pipe'],
  });
  const words = text(child.stderr!);
  let events = 0;
  const reader = new EventReader(event => {
    events++;
    onEvent(event);
  });
  const pipe = child.stdio[3] as Readable;
  const portions = new Portions(pipe, chunk => reader.push(chunk));
  void once(child, 'exit').then(() => portions.hurry());
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await once(pipe, 'close');
  reader.end();
  const cpuUs = Number(await words);
  if (Number.isNaN(cpuUs)) throw new Error(`the sender failed: ${await words}`);
  return { events, problems: reader.problems, signal: (await exited)[1], cpuUs };
}
