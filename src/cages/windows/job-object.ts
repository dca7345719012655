import { resolve } from 'node:path';
import type { CageProperties } from '../../protocol/limits.ts';
import type { Mechanism } from '../cage.ts';
import { noneOnWindows, powerOf, type Powers } from '../powers.ts';
import { JobCage } from './job-cage.ts';
import { openWindows } from './system.ts';
import { type Findings, tryJobs } from './trial.ts';

const fix = 'Run on Linux, or in WSL.';

/** Job objects, each property of them as it has shown itself on this machine. `addon` is koffi's native half. */
export async function openJobObjects(addon: string): Promise<Mechanism> {
  const system = openWindows(addon);
  const launcher = resolve(addon, '../../../launcher.cjs');
  const offer = (properties: CageProperties): Mechanism => {
    const powers = powersOf(properties);
    return {
      name: 'job-object',
      label: 'Windows job object',
      properties,
      powers,
      open: (id, options) => new JobCage(id, system, launcher, powers, options),
      close: async () => {},
    };
  };
  return offer(propertiesOf(await tryJobs(offer(propertiesOf(nothing)))));
}

const nothing: Findings = { memory: false, processes: false, peak: false, cpu: false };

export function propertiesOf({ memory, processes, peak, cpu }: Findings): CageProperties {
  return {
    memory: memory
      ? {
          level: 'enforced',
          by: 'the kernel (JobMemoryLimit), for what the test and all its children commit; more is refused, and nobody is killed for it',
        }
      : { level: 'unavailable', because: 'this Windows gave a program more memory than its job object allowed' },
    processes: processes
      ? { level: 'enforced', by: 'the kernel (ActiveProcessLimit), which counts processes and no threads' }
      : { level: 'unavailable', because: 'this Windows started more processes than a job object allowed' },
    cleanup: { level: 'enforced', by: 'the kernel (TerminateJobObject), until the job is empty' },
    peak: peak
      ? { level: 'enforced', by: 'the kernel’s own record (PeakJobMemoryUsed), less what the launcher had' }
      : { level: 'watched', how: 'sampled every 50 ms' },
    cpu: cpu
      ? { level: 'enforced', by: 'the kernel’s own record, less what the launcher had' }
      : { level: 'unavailable', because: 'this Windows keeps no account of a job object’s CPU time' },
  };
}

export function powersOf({ memory, processes }: CageProperties): Powers {
  return {
    ...noneOnWindows,
    memory: powerOf(memory, fix),
    // What is committed may lie in RAM or in the page file: one cap holds for both.
    swap: powerOf(memory, fix),
    processes: powerOf(processes, fix),
    nice: true,
  };
}
