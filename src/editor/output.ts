import type { TestKey } from '../protocol/tests.ts';

export const outputLimits = { perTest: 1024 ** 2, perRun: 16 * 1024 ** 2 } as const;

/** How much of a run's output the editor keeps: it holds all of it in memory, and the warden's journal has the rest. */
export class OutputBudget {
  readonly #perTest = new Map<TestKey, number>();
  #run = 0;

  /** The part of `text` that still fits, with a last line that says so when this one fills the budget; then nothing more. */
  take(key: TestKey, text: string): string {
    const used = this.#perTest.get(key) ?? 0;
    const room = Math.min(outputLimits.perTest - used, outputLimits.perRun - this.#run);
    if (room <= 0) return '';
    const taken = text.slice(0, room);
    this.#perTest.set(key, used + taken.length);
    this.#run += taken.length;
    if (text.length < room) return taken;
    const whose = outputLimits.perRun === this.#run ? 'this run' : 'this test';
    return `${taken}\n[More output of ${whose} is not shown here.]\n`;
  }

  seen(key: TestKey): boolean {
    return this.#perTest.has(key);
  }
}

/** The Test Results terminal starts a new line at its margin only after a carriage return. */
export function terminalText(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}
