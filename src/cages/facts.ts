import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import type { CgroupFacts, KeeperFacts, MachineFacts } from '../protocol/diagnosis.ts';
import { type OwnCgroups, ownCgroups } from './mounts.ts';

/** The part of a machine that is read, so that a test can describe another one. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly user: number | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null: not there, or not for this user. */
  readonly read: (path: string) => string | null;
  readonly exists: (path: string) => boolean;
  readonly writable: (path: string) => boolean;
}

export const thisMachine: Machine = {
  platform: process.platform,
  user: process.getuid?.() ?? null,
  env: process.env,
  read(path) {
    try {
      return readFileSync(path, 'utf8').trim();
    } catch {
      // A file of /proc or /sys that is missing is a fact too.
      return null;
    }
  },
  exists: path => statSync(path, { throwIfNoEntry: false }) !== undefined,
  writable(path) {
    try {
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      // A fact like any other.
      return false;
    }
  },
};

export function readFacts(
  keeper: KeeperFacts,
  machine: Machine = thisMachine,
  addon: KeeperFacts | null = null,
): MachineFacts {
  return {
    ...groupFacts(machine),
    arch: arch(),
    kernel: kernelOf(machine),
    namespaces: {
      most: numberOf(machine.read('/proc/sys/user/max_user_namespaces')),
      unprivileged: switchOf(machine.read('/proc/sys/kernel/unprivileged_userns_clone')),
      restrictedByAppArmor: switchOf(machine.read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')),
      seccomp: seccompOf(machine.read('/proc/self/status')),
    },
    keeper,
    addon,
  };
}

/** Those that decide about control groups. */
export type GroupFacts = Pick<MachineFacts, 'platform' | 'user' | 'container' | 'wsl' | 'cgroups' | 'systemd'>;

export function groupFacts(machine: Machine = thisMachine): GroupFacts {
  const { platform, user } = machine;
  return {
    platform,
    user,
    container: platform === 'win32' ? null : containerOf(machine),
    wsl: platform === 'linux' && /microsoft/i.test(kernelOf(machine)),
    cgroups: cgroupFacts(machine),
    systemd: { runs: machine.exists('/run/systemd/system'), userBus: userBus(machine) },
  };
}

function kernelOf({ platform, read }: Machine): string {
  return (platform === 'linux' ? read('/proc/sys/kernel/osrelease') : null) ?? release();
}

function containerOf({ env, exists, read }: Machine): string | null {
  if (env['CODESPACES']) return 'GitHub Codespaces';
  if (exists('/.dockerenv')) return 'Docker';
  if (exists('/run/.containerenv')) return 'Podman';
  if (env['KUBERNETES_SERVICE_HOST']) return 'Kubernetes';
  const named = read('/run/systemd/container') ?? env['container'];
  return named === undefined || named === '' ? null : named;
}

function cgroupFacts(machine: Machine): CgroupFacts {
  const mountinfo = machine.platform === 'linux' ? machine.read('/proc/self/mountinfo') : null;
  const membership = machine.read('/proc/self/cgroup');
  const own: OwnCgroups =
    mountinfo !== null && membership !== null
      ? ownCgroups(mountinfo, membership)
      : { unified: null, unifiedMount: null, legacy: new Map() };
  const { unified, legacy } = own;
  const controllers = unified === null ? null : machine.read(join(unified, 'cgroup.controllers'));
  return {
    layout: unified === null ? (legacy.size > 0 ? 'v1' : 'none') : legacy.has('memory') ? 'hybrid' : 'v2',
    own: unified,
    writable: unified !== null && machine.writable(join(unified, 'cgroup.procs')) && machine.writable(unified),
    controllers: controllers?.split(' ').filter(Boolean) ?? [],
    memoryV1: legacy.get('memory') ?? null,
  };
}

function userBus({ env, user, exists }: Machine): string | null {
  const runtime = env['XDG_RUNTIME_DIR'] ?? (user === null ? null : `/run/user/${user}`);
  const bus = runtime === null ? null : join(runtime, 'bus');
  return bus !== null && exists(bus) ? bus : null;
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function switchOf(text: string | null): boolean | null {
  const value = numberOf(text);
  return value === null ? null : value !== 0;
}

function seccompOf(status: string | null): boolean | null {
  const mode = /^Seccomp:\s*(\d)$/m.exec(status ?? '')?.[1];
  return mode === undefined ? null : mode !== '0';
}
