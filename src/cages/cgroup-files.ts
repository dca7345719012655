import { chmodSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Launch } from './launch.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import { readProcess } from './processes.ts';

/** One directory of a control-group hierarchy. Its files live in memory, so they are read and written synchronously. */
export class ControlGroup {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  create(): void {
    mkdirSync(this.path, { mode: 0o755 });
  }

  set(file: string, value: string | number): void {
    writeFileSync(join(this.path, file), String(value));
  }

  /** Sets a limit that this kernel may lack; says whether it took. */
  trySet(file: string, value: string | number): boolean {
    try {
      this.set(file, value);
      return true;
    } catch {
      // Whoever asks for a limit tells which of them this kernel lacks.
      return false;
    }
  }

  text(file: string): string {
    try {
      return readFileSync(join(this.path, file), 'utf8').trim();
    } catch {
      // This kernel has no such counter, or the group is gone: nothing stands there.
      return '';
    }
  }

  number(file: string): number | null {
    const text = this.text(file);
    return /^\d+$/.test(text) ? Number(text) : null;
  }

  /** The value behind `key` in a file of `key value` lines. */
  field(file: string, key: string): number | null {
    const match = new RegExp(`^${key} (\\d+)$`, 'm').exec(this.text(file));
    return match ? Number(match[1]) : null;
  }

  /** Its own processes and those of groups that a test made inside it. */
  pids(): number[] {
    const own = this.#ownPids();
    const nested = this.nested();
    if (nested.length === 0) return own;
    // Its own once more: who moves up between two looks was in neither.
    return [...new Set([...own, ...nested.flatMap(group => group.pids()), ...this.#ownPids()])];
  }

  nested(): ControlGroup[] {
    return this.#opened(() => {
      // Two links mean no directory below, which saves the listing.
      if (statSync(this.path).nlink <= 2) return [];
      const entries = readdirSync(this.path, { withFileTypes: true });
      return entries.flatMap(entry => (entry.isDirectory() ? [new ControlGroup(join(this.path, entry.name))] : []));
    });
  }

  living(): ProcessInfo[] {
    return this.pids().flatMap(pid => {
      const row = readProcess(pid);
      return row ? [{ pid: row.pid, parent: row.parent, started: row.started, command: row.command }] : [];
    });
  }

  /** In version 1 a signal reaches what is frozen only when it is thawed; a test may have frozen groups below it by itself. */
  thaw(): void {
    this.trySet('freezer.state', 'THAWED');
    for (const group of this.nested()) group.thaw();
  }

  /** The kernel answers EBUSY for a moment after the last process has gone. */
  async remove(): Promise<void> {
    for (const group of this.nested()) await group.remove();
    for (let attempt = 0; ; attempt++) {
      try {
        rmdirSync(this.path);
        return;
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'ENOENT') return;
        if (code !== 'EBUSY' || attempt >= 200) throw error;
        await sleep(attempt < 10 ? 1 : 10);
      }
    }
  }

  #ownPids(): number[] {
    return this.#opened(() =>
      readFileSync(join(this.path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number),
    );
  }

  /** A test may close a group that it made inside its cage to everyone, its owner among them, at any moment. */
  #opened<T>(look: () => T[]): T[] {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        return look();
      } catch (error) {
        // Removed meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'EACCES') return [];
        chmodQuietly(this.path);
      }
    }
    return [];
  }
}

/** One that is gone, or not ours, is told by what comes next. */
function chmodQuietly(path: string): void {
  try {
    chmodSync(path, 0o755);
  } catch {
    // See above.
  }
}

const joinGroups = 'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ >"$1" || exit 126; shift; n=$((n-1)); done';

/** A shell joins the groups and then becomes the program: nothing of it is ever outside, and no running process is moved. */
export function joinBeforeExec(groups: readonly ControlGroup[], launch: Launch, prelude: string): Launch {
  return {
    ...launch,
    file: '/bin/sh',
    args: [
      '-c',
      [joinGroups, prelude, 'exec "$@"'].join('\n'),
      'bulkhead',
      String(groups.length),
      ...groups.map(group => join(group.path, 'cgroup.procs')),
      launch.file,
      ...launch.args,
    ],
  };
}
