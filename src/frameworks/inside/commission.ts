import { readFileSync } from 'node:fs';
import type { Order } from '../../protocol/events.ts';

/** What the engine and the framework's outer half tell the code inside, by environment variables. */
export interface Commission {
  readonly variables: Readonly<Record<string, string>>;
  readonly fd: number;
}

/**
 * Takes its variables out of the environment before any user code sees it. Those of the cage stay: by them the processes
 * that a test leaves behind are found.
 */
export function takeCommission(names: readonly string[], env: NodeJS.ProcessEnv = process.env): Commission {
  // Should it be asked where it is stuck, the inspector takes any port: the usual one may be another process's.
  process.debugPort = 0;
  const variables: Record<string, string> = {};
  for (const name of ['BULKHEAD_FD', 'BULKHEAD_ORDER', 'BULKHEAD_COVERAGE', ...names]) {
    const value = env[name];
    if (value !== undefined) variables[name] = value;
    delete env[name];
  }
  return { variables, fd: Number(variables['BULKHEAD_FD'] ?? Number.NaN) };
}

export function readOrder({ variables }: Commission): Order {
  return JSON.parse(readFileSync(variables['BULKHEAD_ORDER'] ?? '', 'utf8')) as Order;
}
