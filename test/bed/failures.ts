import * as fs from 'node:fs';
import * as path from 'node:path';

/** Without the prefix of Bulkhead's own variables, which tests must not find in their environment. */
const variable = 'RESULTS_OF_PIECE';
const failuresName = 'failures.txt';
const countName = 'count.json';
const mostCharacters = 1500;

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What failed is read at the end of a log of thousands of lines. */
export function noteFailure(layer: string, title: string, error: string): void {
  note(`✖ ${layer}: ${title}`, error);
}

/** It counts as passed, and is told beside the failures. */
export function noteSecondAttempt(layer: string, title: string, error: string): void {
  note(`↻ ${layer}, passed only at its second attempt: ${title}`, error);
}

function note(what: string, error: string): void {
  const folder = process.env[variable];
  if (folder === undefined) return;
  const text = error.length > mostCharacters ? `${error.slice(0, mostCharacters)} …` : error;
  fs.appendFileSync(path.join(folder, failuresName), `${what}\n${text.replace(/^/gm, '    ')}\n`);
}

/** Of a whole layer or of a piece of it, whose counts are added up by those who started it. */
export function tellCount(layer: string, count: Count): void {
  const folder = process.env[variable];
  if (folder === undefined) console.log(countLine(layer, count));
  else fs.writeFileSync(path.join(folder, countName), JSON.stringify(count));
}

export function countLine(layer: string, { passed, failed, skipped }: Count): string {
  return `${layer}: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}

export function addCounts(one: Count, other: Count): Count {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/** The environment of a piece of a layer, whose results come into a folder. */
export function environmentOf(folder: string): Record<string, string> {
  return { [variable]: folder };
}

/** What a piece left in its folder, and whether it came as far as its count. */
export function countsIn(folder: string): { readonly count: Count; readonly failures: string; readonly told: boolean } {
  const read = (name: string) => {
    const file = path.join(folder, name);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  };
  const count = read(countName);
  const none: Count = { passed: 0, failed: 0, skipped: 0 };
  return { count: count ? (JSON.parse(count) as Count) : none, failures: read(failuresName), told: count !== '' };
}
