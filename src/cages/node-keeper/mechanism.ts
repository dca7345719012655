import { resolve } from 'node:path';
import type { CageProperties } from '../../protocol/limits.ts';
import type { Mechanism } from '../cage.ts';
import { Confines } from '../confines.ts';
import { KeptCage } from '../kept-cage.ts';
import { all, powerOf, type Powers, unwatchedSwap } from '../powers.ts';
import { without } from '../spaces.ts';
import { NodeKeeperLeash } from './leash.ts';
import { leastPauseMs } from './pause.ts';

const pollMs = 10;

const properties: CageProperties = {
  memory: {
    level: 'watched',
    how: `by a Node in front of the test every ${pollMs} ms, and every ${leastPauseMs} ms near the cap; may overshoot by what is allocated meanwhile, and memory that processes share or keep in /dev/shm is not seen`,
  },
  processes: { level: 'unavailable', because: 'only a control group or a namespace can count a test’s processes' },
  cleanup: {
    level: 'enforced',
    by: 'the kernel’s word to the Node in front of the test that it has no child left (ECHILD), unless the test kills that Node and hides a daemon from every mark',
  },
  peak: { level: 'watched', how: `sampled every ${pollMs} ms` },
  cpu: { level: 'enforced', by: 'the kernel’s account of every process that was waited for' },
};

/** The keeper as a Node, for processors and machines without the keeper program. `addon` is koffi's native half. */
export function openNodeKeeper(addon: string): Mechanism {
  const powers: Powers = {
    ...all,
    memory: powerOf(properties.memory),
    swap: unwatchedSwap(),
    processes: powerOf(properties.processes),
    ...without(
      'it needs namespaces, and a keeper in Node makes none',
      'Run where Bulkhead’s keeper program can be had.',
    ),
  };
  const program = { node: process.execPath, script: resolve(addon, '../../../node-keeper.cjs'), addon };
  return {
    name: 'node-keeper',
    label: 'keeper in Node, with a watch on memory',
    properties,
    powers,
    open(id, { limits, onOverMemory }) {
      const memory = limits.memoryBytes === null ? [] : ['--mem', String(limits.memoryBytes)];
      const confines = new Confines(limits, powers);
      const leash = new NodeKeeperLeash(program, [...memory, '--poll', String(pollMs)], confines, onOverMemory);
      return new KeptCage(id, { keeper: `${program.node} ${program.script}`, confines, leash });
    },
    close: async () => {},
  };
}
