import { hasEnvironment, linuxProcesses } from '../../src/cages/processes.ts';

/** How many times slower than usual the machine is: so much longer may take what has a limit. */
export const slowness = Number(process.env['BULKHEAD_SLOWNESS'] ?? 1);

/** Living processes that carry this mark in their command line or their environment. */
export function marked(mark: string): { pid: number; command: string }[] {
  return linuxProcesses()
    .filter(row => row.pid !== process.pid && (row.command.includes(mark) || hasEnvironment(row.pid, `MARK=${mark}`)))
    .map(({ pid, command }) => ({ pid, command }));
}

export async function until<T>(what: string, look: () => T | Promise<T>, ms = 10_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`after ${ms} ms still not so: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
