import type { Framework } from '../frameworks/framework.ts';
import type { DebugMeans, InsideBody } from '../protocol/events.ts';
import type { Limits } from '../protocol/limits.ts';
import type { Problem } from '../protocol/messages.ts';
import type { SettingsLayer } from '../protocol/settings.ts';
import type { LeftProcess } from '../protocol/limits.ts';
import { inspectorLines } from './node-stack.ts';

/** Where a process waits for a debugger. */
export type DebugAddress = Omit<Extract<InsideBody, { t: 'debugger' }>, 't'>;

/** How a run has its processes wait for a debugger. */
export interface Debugging<Waiting extends unknown[] = []> {
  readonly means: DebugMeans;
  readonly onWaiting: (...waiting: [...Waiting, DebugAddress]) => void;
}

/** The longest that a timer of Node can be set for. */
const foreverMs = 2 ** 31 - 1;

/** Whoever looks at a breakpoint may take all day, and looks at one file at a time. What a test may use holds as ever. */
const unhurried: SettingsLayer = {
  timeout: null,
  idle: null,
  startup: foreverMs,
  teardown: foreverMs,
  retries: 0,
  isolation: 'file',
};

/** The user's own settings, with the time taken out of them, whatever they say of single files. */
export function whileDebugging(overrides: SettingsLayer): SettingsLayer {
  const { overrides: ofFiles = [] } = overrides;
  return { ...overrides, ...unhurried, jobs: 1, runTimeout: null, overrides: [...ofFiles, unhurried] };
}

/** Why tests cannot be run with a debugger; null: they can. */
export function whyNoDebugger({ name, debugs }: Framework, { network }: Limits): Problem | null {
  if (!debugs) {
    const fix = 'Run them without a debugger, or start the debugger of their language yourself.';
    return { severity: 'error', message: `Bulkhead cannot debug tests of ${name}.`, fix };
  }
  if (network) return null;
  const message = 'No debugger can reach these tests, because "network" is "off" for them.';
  return { severity: 'error', key: 'network', message, fix: 'Set "network" to "on" while you debug them.' };
}

/** Debugpy's own: it stays until the editor has let go of it, and is no test's. */
export function isAdapter({ command }: LeftProcess): boolean {
  return /[\\/]debugpy[\\/]adapter/.test(command);
}

/** What a test printed, without the lines of the inspector itself. */
export function withoutInspector(chunk: Buffer, from: 'stdout' | 'stderr'): Buffer {
  if (from === 'stdout') return chunk;
  const text = chunk.toString('latin1');
  const rest = text.replace(inspectorLines, '');
  return rest.length === text.length ? chunk : Buffer.from(rest, 'latin1');
}
