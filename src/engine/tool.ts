import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mechanism } from '../cages/cage.ts';
import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { Allowance, CagedTool, Launch, ToolOutcome } from '../frameworks/framework.ts';
import type { InsideEvent, Order } from '../protocol/events.ts';
import type { Limits } from '../protocol/limits.ts';
import { CagedProcess } from './caged-process.ts';
import { clock } from './clock.ts';
import type { ProcessEvidence } from './evidence.ts';

/** A list of a hundred thousand files must fit into the head of what is kept. */
const listingBytes = 64 * 1024 ** 2;

/** Discovery runs the user's code too, so it gets a cage with the same limits as a test. */
export class CagedTools implements CagedTool {
  readonly #mechanism: Mechanism;
  readonly #scratch: string;
  readonly #limits: Limits;
  readonly #onProcess: (process: CagedProcess) => void;

  constructor(mechanism: Mechanism, scratch: string, limits: Limits, onProcess: (process: CagedProcess) => void) {
    this.#mechanism = mechanism;
    this.#scratch = scratch;
    this.#limits = { ...limits, outputBytes: listingBytes, outputFileBytes: 0, outputLimitBytes: null };
    this.#onProcess = onProcess;
  }

  async run(launch: Launch, order?: Order, allowance?: Allowance): Promise<ToolOutcome> {
    const limits = allowance
      ? { ...this.#limits, memoryBytes: allowance.memoryBytes, startupMs: allowance.ms }
      : this.#limits;
    const id = `tool-${randomUUID().slice(0, 8)}`;
    const events: InsideEvent[] = [];
    const printed: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    let env = launch.env;
    if (order) {
      const path = join(this.#scratch, `${id}.order.json`);
      writeFileSync(path, JSON.stringify(order), { mode: 0o600 });
      env = { ...env, BULKHEAD_ORDER: path };
    }
    const caged = new CagedProcess({
      id,
      mechanism: this.#mechanism,
      launch: { ...launch, env },
      limits,
      onEvent: event => events.push(event),
      onOutput: (chunk, from) => printed[from].push(chunk),
      onStop: () => {},
    });
    this.#onProcess(caged);
    const ms = limits.startupMs;
    const timer = clock.after(ms, () => void caged.stop({ kind: 'timeout', limit: 'start-up', ms }));
    const evidence = await caged.finished;
    timer.cancel();
    const [stdout, stderr] = [printed.stdout, printed.stderr].map(chunks => Buffer.concat(chunks).toString('utf8'));
    return { events, stdout: stdout ?? '', stderr: stderr ?? '', failure: failureOf(evidence, limits) };
  }
}

function failureOf(evidence: ProcessEvidence, limits: Limits): string | null {
  const { spawnError, stop, exit, oomKills, refusedMemory } = evidence;
  if (spawnError !== null) return `could not be started: ${spawnError}`;
  const refused = refusedMemory && stop === null && exit?.code !== 0;
  if (oomKills || refused || stop?.kind === 'over-memory') {
    return `ran out of memory (cap ${limits.memoryBytes === null ? 'none' : formatBytes(limits.memoryBytes)})`;
  }
  if (stop?.kind === 'shortage') return 'was ended, because memory ran short around it ("memoryFloor")';
  if (stop?.kind === 'timeout') return `was still running after ${formatDuration(stop.ms)}`;
  if (stop?.kind === 'cancelled') return 'was stopped';
  if (exit?.signal) return `died of ${exit.signal}`;
  return exit?.code === 0 ? null : `ended with code ${exit?.code}`;
}
