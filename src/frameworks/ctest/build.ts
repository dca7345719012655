import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { DetectionContext } from '../framework.ts';
import { firstLines } from '../lines.ts';

const place = /^(?:CMake Error at )?([^\s:][^:\n]*):(\d+)(?::\d+)?(?: \(.*\))?: ?(?:fatal )?(?:error: (.*))?$/m;

/** Builds what the tests are run from, with the cmake that has configured the folder. */
export async function buildTree(root: string, { settings, tool }: DetectionContext): Promise<Problem | null> {
  const cache = join(root, 'CMakeCache.txt');
  if (!existsSync(cache)) return null;
  const entries = readFileSync(cache, 'utf8');
  const internal = (name: string) => new RegExp(`^${name}:INTERNAL=(.+)$`, 'm').exec(entries)?.[1];
  const cmake = internal('CMAKE_COMMAND') ?? 'cmake';
  const { failure, stdout, stderr } = await tool.run(
    { file: cmake, args: ['--build', '.'], cwd: root, env: settings.ctest.env },
    undefined,
    { memoryBytes: settings['build.memory'], ms: settings['build.timeout'] },
  );
  if (failure === null) return null;
  const said = firstLines(stderr.trim() || stdout);
  const [words = '', file, line] = place.exec(stderr) ?? [];
  // A compiler names files as it was given them or from where it runs; cmake names its own from the folder of the sources.
  const from = words.startsWith('CMake Error') ? (internal('CMAKE_HOME_DIRECTORY') ?? root) : root;
  return {
    severity: 'error',
    ...(file === undefined ? {} : { file: resolve(from, file), line: Number(line) }),
    message: `The tests in ${root} cannot be built; the build ${failure}.\n${said}`,
    fix: failure.includes('memory')
      ? 'Raise "build.memory".'
      : failure.includes('still running')
        ? 'Raise "build.timeout".'
        : 'Try "cmake --build ." in that folder.',
  };
}
