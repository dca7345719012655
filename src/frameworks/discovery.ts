import { basename } from 'node:path';
import type { Discovery, Problem } from '../protocol/messages.ts';
import { type Project, type TestInfo, testKey } from '../protocol/tests.ts';
import type { ToolOutcome } from './framework.ts';
import { firstLines, lastLines } from './lines.ts';

const longestMessage = 4000;

/** What the code inside told of a file. */
export function discoveryOf(project: Project, file: string, outcome: ToolOutcome): Discovery {
  const tests = outcome.events.flatMap((event): TestInfo[] => {
    if (event.t !== 'found') return [];
    const { path, ordinal, line, column, tags } = event;
    const marks = tags === undefined || tags.length === 0 ? {} : { tags };
    const identity = { framework: project.framework, file, titlePath: path, ordinal };
    const place = { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
    return [{ ...identity, key: testKey(project, identity), ...place, ...marks }];
  });
  const problem = problemOf(file, outcome);
  return { tests, ...(problem ? { problem } : {}) };
}

function problemOf(file: string, { events, stderr, failure }: ToolOutcome): Problem | null {
  const error = events.find(event => event.t === 'error');
  if (error) {
    const { text, line, file: where } = error.failure;
    return {
      severity: 'error',
      file: where ?? file,
      ...(line === undefined ? {} : { line }),
      message: `${basename(file)} cannot be loaded: ${firstLines(text, Infinity, longestMessage)}${outputAfter(text, stderr)}`,
      fix: 'Correct it; the tests appear when the file can be loaded.',
    };
  }
  // After the last word nothing can be missing, however the process came to its end.
  if (events.some(event => event.t === 'bye')) return null;
  const how = failure ?? 'ended without a word';
  return {
    severity: 'error',
    file,
    message: [`${basename(file)} cannot be loaded: its process ${how}.`, lastLines(stderr)]
      .filter(part => part)
      .join('\n'),
    fix: fixOf(failure),
  };
}

function fixOf(failure: string | null): string {
  if (failure?.includes('memory'))
    return 'Raise "memory" for this file in bulkhead.config.json, or do less when it is loaded.';
  if (failure?.startsWith('was still running')) {
    return 'Raise "startup" in bulkhead.config.json if it is compiled for so long; else see what waits or loops when it is loaded.';
  }
  return 'See what the file does when it is loaded.';
}

/** Where a framework gives up by itself, the reason is only in what it printed. */
function outputAfter(text: string, stderr: string): string {
  return text.startsWith('The process ended') && stderr.trim() ? `\n${lastLines(stderr)}` : '';
}
