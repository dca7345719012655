import { constants, openSync, readSync } from 'node:fs';

/** A process that the kernel killed for memory, by its own log. */
export interface OomKill {
  readonly pid: number;
  /** The control group whose limit was reached, empty where the kernel does not name it; null: the memory of the machine ran out. */
  readonly limitGroup: string | null;
  /** The control group of what was killed; null: this kernel does not say. */
  readonly victimGroup: string | null;
  readonly words: string;
  /** By the clock of the log, which drifts against that of everybody else. */
  readonly seconds: number;
}

const mostKept = 500;
const recordsATurn = 100;
const longestRecord = 8192;

/** Reads one record at a time, as /dev/kmsg gives them; null: there are no more for now. */
export type ReadRecord = () => string | null;

/** The kills for memory that the kernel has told of since it began. */
export class KernelLog {
  #read: ReadRecord | null | undefined;
  #summary: Pick<OomKill, 'pid' | 'limitGroup' | 'victimGroup'> | null = null;
  #kills: OomKill[] = [];
  #lastNumber: number | null = null;
  #missing = 0;
  #reading: Promise<readonly OomKill[]> | null = null;

  /** `read`: null where this user may not read the log. */
  constructor(read?: ReadRecord | null) {
    this.#read = read;
  }

  /** Lines that the kernel had overwritten before they were read, and kills that were too many to be kept. */
  get missing(): number {
    return this.#missing;
  }

  /** Null: nobody may read the log here. The first call reads thousands of records, so it lets others have their turn. */
  async kills(): Promise<readonly OomKill[] | null> {
    this.#read = this.#read === undefined ? openLog() : this.#read;
    const read = this.#read;
    if (read === null) return null;
    this.#reading ??= this.#catchUp(read).finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #catchUp(read: ReadRecord): Promise<readonly OomKill[]> {
    for (let count = 1; ; count++) {
      const record = read();
      if (record === null) return this.#kills;
      this.#note(record);
      if (count % recordsATurn === 0) await new Promise(resolve => setImmediate(resolve));
    }
  }

  /** `priority,number,microseconds,flags;words`, and below them lines of keys, which begin with a space. */
  #note(record: string): void {
    const [, number, microseconds, words] = /^\d+,(\d+),(\d+),[^;]*;(.*)/.exec(record) ?? [];
    if (number === undefined || words === undefined) return;
    // What was there before the first look is nobody's here.
    if (this.#lastNumber !== null) this.#missing += Math.max(0, Number(number) - this.#lastNumber - 1);
    this.#lastNumber = Number(number);
    const summary = /^oom-kill:.*?,(?:oom_memcg=(.*),)?task_memcg=(.*),task=.*,pid=(\d+),uid=\d+$/.exec(words);
    if (summary) {
      const [, limitGroup = null, victimGroup = null, pid] = summary;
      this.#summary = { pid: Number(pid), limitGroup, victimGroup };
      return;
    }
    const [, where, killed] =
      /^(Out of memory|Memory cgroup out of memory)[^:]*: Kill(?:ed)? process (\d+)/.exec(words) ?? [];
    if (killed === undefined) return;
    const pid = Number(killed);
    const told = this.#summary?.pid === pid ? this.#summary : null;
    const limitGroup = where === 'Out of memory' ? null : (told?.limitGroup ?? '');
    const seconds = Number(microseconds) / 1e6;
    this.#kills.push({ pid, limitGroup, victimGroup: told?.victimGroup ?? null, words, seconds });
    if (this.#kills.length <= mostKept) return;
    this.#missing += this.#kills.length - mostKept;
    this.#kills = this.#kills.slice(-mostKept);
  }
}

function openLog(): ReadRecord | null {
  let file: number;
  try {
    file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    // Not Linux, a container without it, or a user who may not read it.
    return null;
  }
  const buffer = Buffer.alloc(longestRecord);
  return () => {
    for (;;) {
      try {
        return buffer.toString('utf8', 0, readSync(file, buffer));
      } catch (error) {
        // Records were overwritten before they were read: the next read goes on with the oldest that is left.
        if ((error as NodeJS.ErrnoException).code === 'EPIPE') continue;
        return null;
      }
    }
  };
}
