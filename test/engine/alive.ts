import { hasEnvironment, linuxProcesses } from '../../src/cages/processes.ts';

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
