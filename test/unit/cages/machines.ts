import type { Machine } from '../../../src/cages/facts.ts';

/** A machine that consists of these files; a folder of it that may be written to is named in `writable`. */
export function machineOf(
  files: Readonly<Record<string, string>>,
  options: Partial<Pick<Machine, 'platform' | 'user' | 'env'>> & { readonly writable?: readonly string[] } = {},
): Machine {
  const { platform = 'linux', user = 1000, env = {}, writable = [] } = options;
  return {
    platform,
    user,
    env,
    read: path => files[path] ?? null,
    exists: path => path in files,
    writable: path => writable.includes(path),
  };
}

const scope = '/user.slice/user-1000.slice/user@1000.service/app.slice/code.scope';

export const desktop = {
  '/proc/sys/kernel/osrelease': '6.8.0-45-generic',
  '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate',
  '/proc/self/cgroup': `0::${scope}`,
  [`/sys/fs/cgroup${scope}/cgroup.controllers`]: 'memory pids',
  '/run/systemd/system': '',
  '/run/user/1000/bus': '',
  '/proc/sys/user/max_user_namespaces': '63000',
  '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1',
  '/proc/self/status': 'Name:\tnode\nSeccomp:\t0\nSeccomp_filters:\t0',
};

export const container = {
  '/.dockerenv': '',
  '/proc/sys/kernel/osrelease': '6.8.0',
  '/proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw',
  '/proc/self/cgroup': '0::/',
  '/sys/fs/cgroup/cgroup.controllers': 'cpu memory pids',
  '/proc/sys/user/max_user_namespaces': '63000',
  '/proc/self/status': 'Seccomp:\t2',
};

export function without(files: Readonly<Record<string, string>>, ...paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)));
}
