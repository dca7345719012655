import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { Project } from '../../protocol/tests.ts';
import type { DetectionContext } from '../framework.ts';
import { goArguments } from './arguments.ts';
import { goProgram } from './toolchain.ts';
import { firstLines } from '../lines.ts';

/** Where the test program of a package is kept. */
export function programOf(
  directory: string,
  { builds, settings }: Pick<DetectionContext, 'builds' | 'settings'>,
): string {
  const { args, env, program } = settings.go;
  const name = createHash('sha256')
    .update(JSON.stringify([directory, args, env, program]))
    .digest('hex');
  return join(builds, 'go', `${name.slice(0, 24)}.test`);
}

/** Builds the tests of the package that the file belongs to, once a run. Go itself knows what has not changed. */
export function buildPackage(project: Project, file: string, context: DetectionContext): Promise<Problem | null> {
  const directory = dirname(file);
  return context.once(`go ${directory}`, () => build(project, directory, context));
}

async function build({ folder }: Project, directory: string, context: DetectionContext): Promise<Problem | null> {
  const { settings, tool } = context;
  const program = programOf(directory, context);
  mkdirSync(dirname(program), { recursive: true, mode: 0o700 });
  // Another run may be executing the one that is there; the name changes hands, and the file stays with whoever runs it.
  const fresh = `${program}.${randomUUID().slice(0, 8)}`;
  const outcome = await tool.run(
    {
      file: goProgram(settings, folder),
      args: ['test', '-c', '-o', fresh, ...goArguments(settings.go.args).build, '.'],
      cwd: directory,
      env: settings.go.env,
    },
    undefined,
    { memoryBytes: settings['build.memory'], ms: settings['build.timeout'] },
  );
  if (outcome.failure !== null) {
    rmSync(fresh, { force: true });
    return buildProblem(directory, outcome.failure, outcome.stderr);
  }
  // Nothing is written for a package whose test files are all left out by their constraints.
  if (statSync(fresh, { throwIfNoEntry: false })) renameSync(fresh, program);
  return null;
}

const place = /^(?:vet: )?([^\s:][^:\n]*\.go):(\d+)(?::(\d+))?: (.*)$/m;

function buildProblem(directory: string, failure: string, stderr: string): Problem {
  const [, file, line, , text] = place.exec(stderr) ?? [];
  const said = firstLines(stderr);
  if (file === undefined || line === undefined) {
    return {
      severity: 'error',
      message: `The tests in ${directory} cannot be built; the build ${failure}.\n${said}`,
      fix: failure.includes('memory')
        ? 'Raise "build.memory".'
        : failure.includes('still running')
          ? 'Raise "build.timeout".'
          : 'Try "go test -c ." in that folder.',
    };
  }
  return {
    severity: 'error',
    file: resolve(directory, file),
    line: Number(line),
    message: `The tests of this package cannot be built: ${text}\n${said}`,
    fix: 'Correct it; the tests run when the package can be built.',
  };
}
