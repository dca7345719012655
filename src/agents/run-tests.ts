import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { Folder, Project } from '../protocol/tests.ts';
import { plural } from '../reports/excerpt.ts';
import { choose } from './choice.ts';
import type { AgentEngine } from './engine.ts';
import { Findings } from './findings.ts';
import { type RunInput, ToolProblem } from './input.ts';

/** An answer is a part of a conversation that is paid for by its length. */
export const mostCharacters = 16_000;

/** Runs what was asked for to its end, or until the signal stops it, and tells of it. */
export async function runTests(
  input: RunInput,
  engine: AgentEngine,
  signal: AbortSignal,
  most = mostCharacters,
): Promise<string> {
  const selection = await choose(input, engine);
  const findings = new Findings(foldersOf(await engine.projects()));
  let runs = 0;
  let planned = 0;
  let durationMs = 0;
  let ended: string | null = null;
  while (runs < input.repeat && !signal.aborted && ended === null) {
    const end = await engine.run({
      selection,
      overrides: { ...input.layer, ...(input.repeat > 1 ? { retries: 0 } : {}) },
      name: input.repeat > 1 ? `Run ${runs + 1} of ${input.repeat} for an agent` : 'Run for an agent',
      onRecord: record => findings.add(record),
      signal,
    });
    if ('because' in end) ended = end.because;
    else {
      planned += end.summary.planned;
      durationMs += end.summary.durationMs;
      if (end.summary.cancelled) ended = 'It was stopped.';
    }
    runs++;
  }
  if (runs === 0 || (findings.total === 0 && ended !== null))
    throw new ToolProblem(`No test has run. ${ended ?? 'It was cancelled.'}`);
  const head = [
    verdictLine(findings),
    `${findings.countsText || 'No tests'}; ${runs > 1 ? `${runs} runs, ` : ''}${formatDuration(durationMs)}.${limitsText(input)}`,
    ...(ended === null ? [] : [`The run is not complete: ${ended}`]),
    ...(planned > findings.total ? [`${plural(planned - findings.total, 'planned test')} without a verdict.`] : []),
  ].join('\n');
  const rest = findings.text(runs, Math.max(0, most - head.length - 200));
  return rest === '' ? head : `${head}\n\n${rest}`;
}

function verdictLine(findings: Findings): string {
  const { failures, total } = findings;
  return failures > 0 ? `${plural(failures, 'test')} of ${total} did not pass.` : `No test of ${total} failed.`;
}

export function foldersOf(projects: readonly Project[]): Folder[] {
  return [...new Map(projects.map(({ folder }) => [folder.path, folder])).values()];
}

/** What was asked for in the place of the project's own limits. */
export function limitsText({ layer }: RunInput): string {
  const parts = [
    ...('memory' in layer ? [layer.memory == null ? 'no memory cap' : `memory cap ${formatBytes(layer.memory)}`] : []),
    ...('timeout' in layer
      ? [layer.timeout == null ? 'no time limit' : `time limit ${formatDuration(layer.timeout)}`]
      : []),
  ];
  return parts.length === 0 ? '' : ` Each test had: ${parts.join(', ')}.`;
}
