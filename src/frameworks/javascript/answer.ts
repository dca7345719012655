/** The user's configuration may be a script that prints, so an answer stands on a line of its own, after this. */
const marker = '\u0001bulkhead-answer:';

/** What a program inside prints to answer the framework's outer half. */
export function answerLine(answer: unknown): string {
  return `\n${marker}${JSON.stringify(answer)}`;
}

/** The last such line counts. Null: none was written. */
export function readAnswer(stdout: string): unknown {
  const start = stdout.lastIndexOf(`\n${marker}`);
  if (start === -1) return null;
  const from = start + 1 + marker.length;
  const end = stdout.indexOf('\n', from);
  try {
    return JSON.parse(stdout.slice(from, end === -1 ? undefined : end)) as unknown;
  } catch {
    // Cut off: the process was killed while it wrote.
    return null;
  }
}
