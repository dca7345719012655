import * as fs from 'node:fs';

/** Without the prefix of Bulkhead's own variables, which tests must not find in their environment. */
const variable = 'FAILURES_OF_LAYERS';
const mostCharacters = 1500;

/** Where each layer notes what failed, so that it can be read at the end of a log of thousands of lines. */
export function noteFailure(layer: string, title: string, error: string): void {
  note(`✖ ${layer}: ${title}`, error);
}

/** It counts as passed, and is told beside the failures. */
export function noteSecondAttempt(layer: string, title: string, error: string): void {
  note(`↻ ${layer}, passed only at its second attempt: ${title}`, error);
}

function note(what: string, error: string): void {
  const file = process.env[variable];
  if (file === undefined) return;
  const text = error.length > mostCharacters ? `${error.slice(0, mostCharacters)} …` : error;
  fs.appendFileSync(file, `${what}\n${text.replace(/^/gm, '    ')}\n`);
}

/** The environment of a layer whose failures are to be collected, and the file they are in. */
export function collectFailures(fallback: string): { readonly file: string; readonly env: Record<string, string> } {
  const file = process.env[variable] ?? fallback;
  fs.writeFileSync(file, '', { flag: 'a' });
  return { file, env: { [variable]: file } };
}
