import * as fs from 'node:fs';
import { noteFailure, noteSecondAttempt, tellCount } from './failures.ts';

/** One line of the file BULKHEAD_RESULTS: written as it happens, so that a run that dies or never ends still tells how far it got. */
export type ResultLine =
  | { kind: 'begin'; title: string }
  | { kind: 'passed'; title: string; ms: number }
  | { kind: 'failed'; title: string; error: string }
  /** It failed and is tried once more. */
  | { kind: 'retried'; title: string; error: string }
  | { kind: 'skipped'; title: string }
  | { kind: 'end' };

export type Outcome = 'green' | 'red' | 'incomplete';

/** Prints every result and the runner's own count. A run in which nothing passed proves nothing, so it is not green. */
export function report(file: string, runner: string): Outcome {
  const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const count = { passed: 0, failed: 0, skipped: 0 };
  const again = new Map<string, string>();
  let running: string | undefined;
  let ended = false;
  for (const line of lines) {
    const result = JSON.parse(line) as ResultLine;
    running = result.kind === 'begin' ? result.title : undefined;
    switch (result.kind) {
      case 'begin':
        break;
      case 'passed':
        count.passed++;
        console.log(`  ✔ ${result.title} (${result.ms} ms)`);
        break;
      case 'retried':
        again.set(result.title, result.error);
        break;
      case 'failed':
        count.failed++;
        again.delete(result.title);
        noteFailure(runner, result.title, result.error);
        console.log(`  ✖ ${result.title}\n${result.error.replace(/^/gm, '      ')}`);
        break;
      case 'skipped':
        count.skipped++;
        console.log(`  - ${result.title}`);
        break;
      case 'end':
        ended = true;
    }
  }
  if (running) {
    count.failed++;
    noteFailure(runner, running, 'was running when the run ended');
    console.log(`  ✖ ${running}\n      was running when the run ended`);
  }
  for (const [title, error] of again) {
    console.log(`  ↻ passed only at its second attempt: ${title}\n${error.replace(/^/gm, '      ')}`);
    noteSecondAttempt(runner, title, error);
  }
  if (!ended) console.log(lines.length > 0 ? '  The run did not come to its end.' : '  No test was run.');
  tellCount(runner, count);
  if (!ended) return 'incomplete';
  return count.failed === 0 && count.passed > 0 ? 'green' : 'red';
}
