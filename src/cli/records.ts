import type { TestRecord } from '../protocol/verdict.ts';

/** Of the output of all tests together, kept for reports; the journal has the whole. */
const mostOutput = 128 * 1024 ** 2;

/** The records of a run, kept for its reports without letting their output fill the memory. */
export class Records {
  readonly all: TestRecord[] = [];
  readonly #wanted: boolean;
  readonly #most: number;
  #kept = 0;
  /** How many tests are in the reports without their output. */
  shortened = 0;

  /** `wanted`: whether there will be a report at all. */
  constructor(wanted: boolean, most = mostOutput) {
    this.#wanted = wanted;
    this.#most = most;
  }

  add(record: TestRecord): void {
    if (!this.#wanted) return;
    const { text, droppedBytes } = record.output;
    if (this.#kept + text.length <= this.#most) {
      this.#kept += text.length;
      this.all.push(record);
    } else {
      this.shortened++;
      const output = { ...record.output, text: '', droppedBytes: droppedBytes + Buffer.byteLength(text) };
      this.all.push({ ...record, output });
    }
  }
}
