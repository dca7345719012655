import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { CagedTool, Launch, ToolOutcome } from '../../../src/frameworks/framework.ts';
import type { InsideEvent, Order } from '../../../src/protocol/events.ts';

/** Longer than any of these programs takes on a busy machine. */
const patienceMs = 60_000;

export interface InsideOutcome extends ToolOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Starts a program as the engine does, with a pipe on fd 3, but without a cage. */
export async function spawnInside(launch: Launch, order?: Order): Promise<InsideOutcome> {
  const scratch = mkdtempSync(join(tmpdir(), 'bulkhead-order-'));
  try {
    const ordered: Record<string, string> = {};
    if (order) {
      ordered['BULKHEAD_ORDER'] = join(scratch, 'order.json');
      writeFileSync(ordered['BULKHEAD_ORDER'], JSON.stringify(order));
    }
    const child = spawn(launch.file, [...launch.args], {
      cwd: launch.cwd,
      env: { ...environment(), BULKHEAD_CAGE: 'a-cookie', ...launch.env, ...ordered, BULKHEAD_FD: '3' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    const [, out, err, pipe] = child.stdio as Readable[];
    const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const [[code, signal], stdout, stderr, said] = await Promise.all([exited, text(out!), text(err!), text(pipe!)]);
    clearTimeout(timer);
    const events = said.split('\n').flatMap(line => (line ? [withoutKey(JSON.parse(line) as InsideEvent)] : []));
    const failure = signal ? `died of ${signal}` : code === 0 ? null : `ended with code ${code}`;
    return { events, stdout, stderr, failure, code, signal };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** That of these tests, without what is set for them alone, such as `BULKHEAD_SLOWNESS`. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BULKHEAD_')));
}

/** It is another one in each process. */
function withoutKey({ k, ...event }: InsideEvent): InsideEvent {
  if (!k) throw new Error(`an event without a key: ${event.t}`);
  return event;
}

export const uncagedTool: CagedTool = { run: spawnInside };
