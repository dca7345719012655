import { join } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { FailureMessage } from '../../protocol/verdict.ts';
import type { CagedTool, Launch } from '../framework.ts';
import { readAnswer } from './answer.ts';
import { lineOfJsonFault } from './json-fault.ts';
import { lastLines } from '../lines.ts';
import type { Runner } from './runner.ts';

/** Each question is a process of Node, and a monorepo may have a hundred packages. */
const askedAtOnce = 4;

/** In the order of the candidates; those without an answer are left out. */
export async function askAll<C, A>(
  candidates: readonly C[],
  ask: (candidate: C) => Promise<A | null>,
): Promise<NonNullable<Awaited<A>>[]> {
  const answers: (A | null)[] = [];
  const queue = candidates.entries();
  const work = async () => {
    for (const [index, candidate] of queue) answers[index] = await ask(candidate);
  };
  await Promise.all(Array.from({ length: askedAtOnce }, work));
  return answers.filter(answer => answer !== null) as NonNullable<Awaited<A>>[];
}

interface Question {
  readonly runner: Runner;
  readonly root: string;
  readonly launch: Launch;
  /** Its configuration, for faults that do not tell their place. */
  readonly config?: string | undefined;
  /** A command with which the user may see what is wrong. */
  readonly tryThis: string;
}

type Answer = { readonly ok: true } | { readonly ok: false; readonly failure: FailureMessage };

/** What the framework installed in a folder says of its files; why there is no answer becomes a problem. */
export async function ask<A extends Answer>(
  { runner, root, launch, config, tryThis }: Question,
  tool: CagedTool,
  problems: Problem[],
): Promise<Extract<A, { ok: true }> | null> {
  const outcome = await tool.run(launch);
  const answer = readAnswer(outcome.stdout) as A | null;
  if (answer?.ok) return answer as Extract<A, { ok: true }>;
  if (answer && !answer.ok) {
    const { text, file = config } = answer.failure;
    const line = answer.failure.line ?? (file ? lineOfJsonFault(file) : undefined);
    problems.push({
      severity: 'error',
      ...(file ? { file } : {}),
      ...(line ? { line } : {}),
      message: `${runner.title}'s configuration cannot be read: ${text}`,
      fix: 'Correct it and refresh the tests.',
    });
    return null;
  }
  const why = [outcome.failure ?? 'gave no answer', lastLines(outcome.stderr)].filter(part => part).join('\n');
  problems.push({
    severity: 'error',
    file: join(root, 'package.json'),
    message: `The tests of ${runner.name} in ${root} could not be listed; the process that asks ${runner.name} ${why}`,
    fix: `Try "${tryThis}" in that folder; the Node to use can be set with "${runner.name}.node".`,
  });
  return null;
}
