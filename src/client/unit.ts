import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { ControlGroup } from '../cages/cgroup-files.ts';
import { dividedBase } from '../cages/cgroup2.ts';
import { ownCgroups } from '../cages/mounts.ts';
import type { WardenInfo } from '../protocol/messages.ts';

export interface UnitOptions {
  readonly node: string;
  readonly script: string;
  /** BULKHEAD_SYSTEMD=never forbids a unit; =always accepts nothing else. */
  readonly env: NodeJS.ProcessEnv;
}

export interface WardenLaunch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export type UnitPlan =
  { readonly use: true; readonly launch: WardenLaunch } | { readonly use: false; readonly because: string };

/**
 * A warden in a unit of the user's own systemd has a control group to itself, which it may divide without being root; and
 * systemd empties that group when the warden dies, whatever it died of.
 */
export function planUnit({ node, script, env }: UnitOptions): UnitPlan {
  if (process.platform !== 'linux') return { use: false, because: 'systemd is a part of Linux' };
  const wish = env['BULKHEAD_SYSTEMD'];
  if (wish === 'never') return { use: false, because: 'BULKHEAD_SYSTEMD=never forbids it' };
  const runtime = runtimeFolders(env).find(hasBus);
  if (runtime === undefined) {
    return { use: false, because: `no systemd of this user answers at ${runtimeFolders(env).join('/bus or ')}/bus` };
  }
  const because = wish === 'always' ? null : whyNotNeeded();
  if (because !== null) return { use: false, because };
  return {
    use: true,
    launch: {
      file: 'systemd-run',
      args: unitArguments(node, script, env),
      // The bus of the session may be a private one, of a desktop test or of a container, that knows no systemd.
      env: { ...env, XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus` },
    },
  };
}

/** Where control groups were passed over, tells why systemd did not help. */
export function withReason(info: WardenInfo, whyNoUnit: string | null): WardenInfo {
  if (whyNoUnit === null) return info;
  const passedOver = info.cage.passedOver.map(({ mechanism, because }) => {
    return {
      mechanism,
      because: mechanism === 'cgroup2' ? `${because}; no unit of systemd instead: ${whyNoUnit}` : because,
    };
  });
  return { ...info, cage: { ...info.cage, passedOver } };
}

/** A login sets the variable; what cron, ssh or an editor's server started may lack it. */
function runtimeFolders({ XDG_RUNTIME_DIR: told }: NodeJS.ProcessEnv): string[] {
  return [...new Set([...(told ? [told] : []), `/run/user/${process.getuid!()}`])];
}

/** Under sudo the variable may lead to the systemd of another user. */
function hasBus(folder: string): boolean {
  try {
    const bus = statSync(join(folder, 'bus'));
    return bus.isSocket() && bus.uid === process.getuid!();
  } catch {
    // Not there, or in a folder that only its owner may enter.
    return false;
  }
}

function whyNotNeeded(): string | null {
  const { unified, unifiedMount } = ownCgroups();
  const offered = unifiedMount ? new ControlGroup(unifiedMount).text('cgroup.controllers').split(' ') : [];
  if (!unified || !unifiedMount || !offered.includes('memory')) return 'cgroup v2 has no say over memory here';
  if (dividedBase(unified, unifiedMount)) return 'there is a control group here that can be divided without it';
  return null;
}

function unitArguments(node: string, script: string, env: NodeJS.ProcessEnv): string[] {
  const niceness = getPriority();
  const properties = [
    'Delegate=yes',
    // Whoever outlives the warden is a test, which may ignore anything milder.
    'KillSignal=SIGKILL',
    // By default systemd stops the whole unit when the kernel kills one test in it for its memory.
    'OOMPolicy=continue',
    // Every cage has a cap of its own.
    'TasksMax=infinity',
    ...(niceness > 0 ? [`Nice=${niceness}`] : []),
    ...limits(readFileSync('/proc/self/limits', 'utf8')),
  ];
  return [
    ...['--user', '--pipe', '--wait', '--collect', '--quiet', '--service-type=exec'],
    `--unit=bulkhead-${process.pid}-${randomBytes(4).toString('hex')}`,
    '--description=The warden of Bulkhead',
    ...properties.map(property => `--property=${property}`),
    // Needed before the first request can bring the rest of the environment.
    ...['ELECTRON_RUN_AS_NODE', 'LD_LIBRARY_PATH'].flatMap(name => (env[name] ? [`--setenv=${name}`] : [])),
    // systemd replaces variables in every word but the first.
    ...['--', node, script.replaceAll('$', '$$$$')],
  ];
}

const limitNames = new Map([
  ['cpu time', 'CPU'],
  ['file size', 'FSIZE'],
  ['data size', 'DATA'],
  ['stack size', 'STACK'],
  ['core file size', 'CORE'],
  ['processes', 'NPROC'],
  ['open files', 'NOFILE'],
  ['locked memory', 'MEMLOCK'],
  ['address space', 'AS'],
]);

/** What `ulimit` set in the client's shell; systemd goes as near to it as it may. */
export function limits(table: string): string[] {
  return [...table.matchAll(/^Max ([a-z ]+?) {2,}(\w+) +(\w+)/gm)].flatMap(([, what = '', soft = '', hard = '']) => {
    const name = limitNames.get(what);
    const [low, high] = [soft, hard].map(value => (value === 'unlimited' ? 'infinity' : value));
    return name ? [`Limit${name}=${low}:${high}`] : [];
  });
}
