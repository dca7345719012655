import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CageDescription, MechanismName } from '../protocol/limits.ts';
import type { Mechanism } from './cage.ts';
import { openCgroup1 } from './cgroup1.ts';
import { openCgroup2 } from './cgroup2.ts';
import { ownCgroups } from './mounts.ts';
import { openProcessGroup } from './process-group.ts';

export interface Detected {
  readonly mechanism: Mechanism;
  readonly description: CageDescription;
}

const order: readonly MechanismName[] = ['cgroup2', 'cgroup1', 'process-group'];

/** The strongest mechanism that proved itself here: each is tried, in order, by killing a small hog in it. */
export async function detectMechanism(forbidden: readonly string[] = []): Promise<Detected> {
  const passedOver: { mechanism: MechanismName; because: string }[] = [];
  for (const name of order) {
    if (forbidden.includes(name)) {
      passedOver.push({ mechanism: name, because: 'forbidden by BULKHEAD_FORBID' });
      continue;
    }
    try {
      const mechanism = await openMechanism(name);
      const { label, properties } = mechanism;
      return { mechanism, description: { mechanism: name, label, properties, passedOver } };
    } catch (error) {
      passedOver.push({ mechanism: name, because: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new Error(
    `No cage can be had on this machine. ${passedOver.map(p => `${p.mechanism}: ${p.because}.`).join(' ')}`,
  );
}

async function openMechanism(name: MechanismName): Promise<Mechanism> {
  switch (name) {
    case 'cgroup2':
      return proved(await openCgroup2(ownGroups()));
    case 'cgroup1':
      return proved(await openCgroup1(ownGroups()));
    case 'process-group':
      return openProcessGroup();
  }
}

function ownGroups() {
  if (process.platform !== 'linux') throw new Error('control groups are a part of Linux');
  return ownCgroups();
}

const probeCap = 8 * 1024 ** 2;

async function proved(mechanism: Mechanism): Promise<Mechanism> {
  const cage = mechanism.open('probe', {
    limits: {
      memoryBytes: probeCap,
      swapBytes: 0,
      processes: 16,
      timeoutMs: 5000,
      startupMs: 5000,
      teardownMs: 5000,
      graceMs: 0,
      outputBytes: 1024,
    },
    onOverMemory: () => {},
  });
  try {
    const hog = cage.wrap({
      file: 'dd',
      args: ['if=/dev/zero', 'of=/dev/null', 'bs=32M', 'count=1'],
      cwd: '/',
      env: {},
    });
    // The hog is meant to be killed; what the kernel counted is the proof.
    const end = await promisify(execFile)(hog.file, [...hog.args], { timeout: 5000, cwd: '/' }).then(
      () => 'it ended by itself',
      (error: Error) => error.message.trim().split('\n').at(-1) ?? '',
    );
    const { oomKills, peakMemoryBytes } = cage.counters();
    if (!oomKills || peakMemoryBytes === null || peakMemoryBytes > probeCap) {
      throw new Error(`a program that took 32 MiB under a cap of 8 MiB was not stopped by the kernel (${end})`);
    }
  } catch (error) {
    await cage.kill();
    await cage.remove();
    await mechanism.close();
    throw error;
  }
  await cage.kill();
  await cage.remove();
  return mechanism;
}
