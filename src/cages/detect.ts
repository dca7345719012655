import { dirname } from 'node:path';
import type { CageDescription, MechanismName } from '../protocol/limits.ts';
import type { Mechanism } from './cage.ts';
import { openCgroup1 } from './cgroup1.ts';
import { openCgroup2 } from './cgroup2.ts';
import type { Choice } from './detection-cache.ts';
import { openNamespaces, openSubreaper, openWatchedTree } from './kept.ts';
import { ownCgroups } from './mounts.ts';
import { forbiddenText, mechanismOrder } from './order.ts';
import { openNodeKeeper } from './node-keeper/mechanism.ts';
import { openProcessGroup } from './process-group.ts';
import { openJobObjects } from './windows/job-object.ts';
import { tryJobs } from './windows/trial.ts';
import { daemonOfMac, proveHardCap, proveWatch } from './proof.ts';

export interface Detected {
  readonly mechanism: Mechanism;
  readonly description: CageDescription;
}

export interface DetectOptions {
  /** The path of the keeper; null where there is none for this machine. */
  readonly keeper: string | null;
  /** The path of koffi's native half; null or absent where there is none for this machine. */
  readonly addon?: string | null;
  readonly forbidden?: readonly string[];
  /** Open in this process already: a second opening would meet the first one's directories. */
  readonly held?: readonly Mechanism[];
  /** What was found in the same circumstances: the mechanisms that failed then are not tried again. */
  readonly recalled?: Choice | null;
}

/** Even the weakest mechanism is forbidden, so nothing can be run. */
export class NoCage extends Error {}

/** The strongest mechanism that proved itself here. */
export async function detectMechanism(options: DetectOptions): Promise<Detected> {
  const { keeper, addon = null, forbidden = [], held = [], recalled = null } = options;
  const passedOver: { mechanism: MechanismName; because: string }[] = [];
  for (const name of mechanismOrder) {
    if (forbidden.includes(name)) {
      passedOver.push({ mechanism: name, because: forbiddenText });
      continue;
    }
    const before = recalled?.passedOver.find(({ mechanism }) => mechanism === name);
    if (before) {
      passedOver.push(before);
      continue;
    }
    try {
      const mechanism = held.find(open => open.name === name) ?? (await openMechanism(name, keeper, addon));
      const { label, properties } = mechanism;
      return { mechanism, description: { mechanism: name, label, properties, passedOver } };
    } catch (error) {
      // What was remembered is not so any more, and perhaps a stronger one works by now.
      if (name === recalled?.mechanism) return detectMechanism({ ...options, recalled: null });
      passedOver.push({ mechanism: name, because: reasonOf(error) });
    }
  }
  throw new NoCage(
    `No cage can be had on this machine. ${passedOver.map(p => `${p.mechanism}: ${p.because}.`).join(' ')}`,
  );
}

/** Opens a mechanism and believes it only after it has shown what it claims. */
export async function openMechanism(
  name: MechanismName,
  keeper: string | null,
  addon: string | null = null,
): Promise<Mechanism> {
  const { platform } = process;
  switch (name) {
    case 'cgroup2':
      return proveHardCap(await openCgroup2(ownGroups(platform), keeper));
    case 'cgroup1':
      return proveHardCap(await openCgroup1(ownGroups(platform), keeper));
    case 'namespaces':
      return proveWatch(await openNamespaces(needed(keeper, platform)));
    case 'subreaper':
      return proveWatch(openSubreaper(needed(keeper, platform)));
    case 'watched-tree':
      return proveWatch(openWatchedTree(ofMac(keeper, platform)), daemonOfMac);
    case 'node-keeper':
      return proveWatch(openNodeKeeper(addonOfLinux(addon, platform)));
    case 'job-object':
      return openJobObjects(addonOfWindows(keeper, platform));
    case 'process-group':
      return openProcessGroup();
  }
}

/** Shows once more what an open mechanism claims; it stays open, whatever comes of it. */
export async function proveAgain(mechanism: Mechanism): Promise<void> {
  const kept: Mechanism = { ...mechanism, close: async () => {} };
  switch (mechanism.name) {
    case 'cgroup2':
    case 'cgroup1':
      await proveHardCap(kept);
      return;
    case 'namespaces':
    case 'subreaper':
    case 'node-keeper':
      await proveWatch(kept);
      return;
    case 'watched-tree':
      await proveWatch(kept, daemonOfMac);
      return;
    case 'job-object':
      await tryJobs(kept);
      return;
    case 'process-group':
  }
}

/** The kernel's refusals in words; every other reason is in words already. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall, path, message } = error as NodeJS.ErrnoException;
  if (path === undefined) return message;
  // What is to be made is not there yet; it is the folder around it that refuses.
  const place = syscall === 'mkdir' ? dirname(path) : path;
  if (code === 'EACCES' || code === 'EPERM') return `this user may not write to ${place}`;
  return code === 'EROFS' ? `${place} is mounted read-only` : message;
}

function ownGroups(platform: NodeJS.Platform) {
  if (platform !== 'linux') throw new Error('control groups are a part of Linux');
  return ownCgroups();
}

function needed(keeper: string | null, platform: NodeJS.Platform): string {
  if (platform !== 'linux') throw new Error('it is a part of Linux');
  return present(keeper);
}

function ofMac(keeper: string | null, platform: NodeJS.Platform): string {
  if (platform !== 'darwin') throw new Error('it is the keeper of macOS; here there are stronger ones');
  return present(keeper);
}

function present(keeper: string | null): string {
  if (keeper === null)
    throw new Error('Bulkhead’s keeper, a small program for this processor, is not there or may not be executed');
  return keeper;
}

function addonOfLinux(addon: string | null, platform: NodeJS.Platform): string {
  if (platform !== 'linux') throw new Error('it is a part of Linux');
  if (addon === null) throw new Error('what a Node adopts orphans with, an addon for this processor, is not there');
  return addon;
}

function addonOfWindows(keeper: string | null, platform: NodeJS.Platform): string {
  if (platform !== 'win32') throw new Error('job objects are a part of Windows');
  if (keeper === null)
    throw new Error(
      'what Bulkhead asks Windows for job objects with, an addon for this processor, is not there or does not load',
    );
  return keeper;
}
