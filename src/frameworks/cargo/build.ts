import { dirname, relative, resolve } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { DetectionContext } from '../framework.ts';
import { argumentsOf } from './arguments.ts';
import type { CargoWorkspace, Target } from './packages.ts';
import { probeArguments, type Start, startsIn } from './probe.ts';
import { cargoProgram } from './toolchain.ts';
import { firstLines, lastLines } from '../lines.ts';

/** What became of one build: the programs that are there, and why others are not. */
export interface Build {
  readonly programs: readonly { readonly target: Pick<Target, 'name' | 'source'>; readonly start: Start }[];
  readonly problem: Problem | null;
}

interface Message {
  readonly reason: string;
  readonly executable?: string | null;
  readonly profile?: { readonly test: boolean };
  readonly target?: { readonly name: string; readonly src_path: string };
  readonly message?: {
    readonly level: string;
    readonly message: string;
    readonly rendered?: string;
    readonly spans: readonly {
      readonly is_primary: boolean;
      readonly file_name: string;
      readonly line_start: number;
    }[];
  };
}

/** Builds the tests of a package, or one target of it, and asks cargo how it would start them. */
export async function build(
  { manifest, only }: { readonly manifest: string; readonly only?: Target },
  { root, host }: { readonly root: CargoWorkspace['root']; readonly host: string },
  { folder, settings, tool }: DetectionContext,
): Promise<Build> {
  const { env } = settings.cargo;
  const outcome = await tool.run(
    {
      file: cargoProgram(settings, folder),
      args: [
        'test',
        ...targetArguments(only),
        '--no-fail-fast',
        '--message-format=json',
        ...probeArguments(host, settings.node),
        ...argumentsOf(settings).cargo,
      ],
      cwd: dirname(manifest),
      env,
    },
    undefined,
    { memoryBytes: settings['build.memory'], ms: settings['build.timeout'] },
  );
  const messages = messagesIn(outcome.stdout);
  const starts = new Map(startsIn(outcome.stdout, env).map(start => [resolve(start.cwd, start.program), start]));
  const programs = messages.flatMap(({ executable, profile, target }) => {
    const start = executable ? starts.get(resolve(executable)) : undefined;
    return start && target && profile?.test ? [{ target: { name: target.name, source: target.src_path }, start }] : [];
  });
  const problem = outcome.failure === null ? null : problemOf(outcome, messages, { root, manifest });
  return { programs, problem };
}

/** `--tests` leaves the tests in comments out, and nothing else. */
function targetArguments(only: Target | undefined): string[] {
  if (!only) return ['--tests'];
  return only.kind === 'lib' ? ['--lib'] : [`--${only.kind}`, only.name];
}

function messagesIn(stdout: string): Message[] {
  return stdout.split('\n').flatMap(line => {
    const text = line.slice(line.lastIndexOf('\0') + 1);
    if (!text.startsWith('{"reason":')) return [];
    try {
      return [JSON.parse(text) as Message];
    } catch {
      // The line of a build that was killed in the middle of it.
      return [];
    }
  });
}

function problemOf(
  { failure, stderr }: { readonly failure: string | null; readonly stderr: string },
  messages: readonly Message[],
  { root, manifest }: { readonly root: string; readonly manifest: string },
): Problem {
  const errors = messages.flatMap(({ message }) => (message?.level === 'error' ? [message] : []));
  const place = errors.flatMap(({ spans }) => spans.filter(({ is_primary }) => is_primary))[0];
  const error = errors.find(({ spans }) => spans.some(span => span === place));
  if (place && error) {
    const said = errors.map(({ rendered, message }) => rendered ?? message).join('\n');
    return {
      severity: 'error',
      file: resolve(root, place.file_name),
      line: place.line_start,
      message: `These tests cannot be built: ${error.message}\n${firstLines(said, Infinity)}`,
      fix: 'Correct it; the tests run when they can be built.',
    };
  }
  const said = failure?.startsWith('ended with code') ? /^error: (.+)$/m.exec(stderr)?.[1] : undefined;
  const why = said === undefined ? `; cargo ${failure}.` : `: ${said}`;
  return {
    severity: 'error',
    file: manifest,
    message: `The tests of this package cannot be built${why}\n${lastLines(stderr, Infinity, 4000)}`,
    fix: failure?.includes('memory')
      ? 'Raise "build.memory".'
      : failure?.includes('still running')
        ? 'Raise "build.timeout".'
        : `Try "cargo test --no-run" in ${relative(root, dirname(manifest)) || 'that folder'}.`,
  };
}
