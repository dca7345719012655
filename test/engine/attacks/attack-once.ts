import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Mechanism } from '../../../src/cages/cage.ts';
import { limitsOf } from '../../../src/config/resolve.ts';
import { defaults } from '../../../src/config/settings.ts';
import { CagedProcess } from '../../../src/engine/caged-process.ts';
import type { ProcessEvidence } from '../../../src/engine/evidence.ts';
import type { Limits } from '../../../src/protocol/limits.ts';
import { slowness } from '../alive.ts';
import { programs } from './compiled.ts';
import type { Attack } from './table.ts';

const MiB = 1024 ** 2;

export const limits: Limits = {
  ...limitsOf(defaults),
  memoryBytes: 128 * MiB,
  swapBytes: 0,
  processes: 64,
  graceMs: 200,
  outputBytes: 64 * 1024,
  outputLimitBytes: 8 * MiB,
  openFiles: 256,
  stackBytes: 8 * MiB,
};

/** What is known of one attack when the engine says that nothing of it is left. */
export interface Observation extends ProcessEvidence {
  readonly output: string;
}

export async function attackOnce(mechanism: Mechanism, attack: Attack, mark: string): Promise<Observation> {
  const caged = new CagedProcess({
    id: randomUUID(),
    mechanism,
    launch: { file: join(programs, attack.program), args: [mark, ...attack.words], cwd: '/tmp', env: { MARK: mark } },
    limits,
    onEvent: () => {},
    onOutput: () => {},
    onStop: () => {},
  });
  const ms = attack.timeoutMs * slowness;
  const timer = setTimeout(() => void caged.stop({ kind: 'timeout', limit: 'test', ms }), ms);
  const evidence = await caged.finished;
  clearTimeout(timer);
  return { ...evidence, output: caged.output.result().text };
}
