import { onceEach } from '../../../../src/engine/once.ts';
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type CommandSettings, defaults, type Settings } from '../../../../src/config/settings.ts';
import { CommandFramework } from '../../../../src/frameworks/command/framework.ts';
import { commandLine } from '../../../../src/frameworks/command/command-line.ts';
import type { DetectionContext } from '../../../../src/frameworks/framework.ts';
import type { Project } from '../../../../src/protocol/tests.ts';
import { spawnInside, uncagedTool } from '../spawn-inside.ts';

const fixture = resolve(import.meta.dirname, '../../../fixtures/command-scripts');

function command(entry: Partial<CommandSettings>): CommandSettings {
  return {
    name: 'scripts',
    files: ['tests/*.cjs'],
    exclude: [],
    command: ['node'],
    env: {},
    skipCodes: [],
    verdict: 'exit-code',
    ...entry,
  };
}

function settingsWith(...entries: Partial<CommandSettings>[]): Settings {
  return { ...defaults, command: entries.map(command) };
}

describe('a command for each file', () => {
  const framework = new CommandFramework();
  let folder: string;

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'bulkhead-command-')));
    cpSync(fixture, folder, { recursive: true });
  });

  after(() => rmSync(folder, { recursive: true }));

  const context = (settings: Settings): DetectionContext => ({
    folder: { name: 'workspace', path: folder },
    settings,
    tool: uncagedTool,
    builds: folder,
    once: onceEach(),
  });

  async function detectOne(settings: Settings): Promise<Project> {
    const { projects, problems } = await framework.detect(context(settings));
    assert.deepEqual(problems, []);
    assert.equal(projects.length, 1);
    return projects[0]!;
  }

  /** Runs the one test of a file as the engine does, and reads its exit code. */
  async function run(project: Project, name: string, settings: Settings) {
    const file = project.files.find(each => each.endsWith(name))!;
    const { tests } = await framework.discover(project, file, context(settings));
    assert.deepEqual(
      tests.map(test => test.titlePath),
      [[name]],
    );
    const { code, stdout } = await spawnInside(framework.launch(project, tests, settings));
    return { reading: framework.readExit(project, code ?? -1, settings), stdout: stdout.trim() };
  }

  it('takes the files that its globs match, without those that it excludes', async () => {
    const settings = settingsWith({ files: ['tests/**/*.cjs'], exclude: ['**/skips.cjs'] });
    const project = await detectOne(settings);
    assert.deepEqual(project.files, [
      join(folder, 'tests/fails.cjs'),
      join(folder, 'tests/passes.cjs'),
      join(folder, 'tests/with space/prints its arguments.cjs'),
    ]);
    assert.deepEqual(
      [project.id, project.label, project.watch],
      ['command:workspace:scripts', 'scripts', ['tests/**/*.cjs']],
    );
  });

  it('reads passed, failed and skipped from the exit code', async () => {
    const settings = settingsWith({ skipCodes: [77] });
    const project = await detectOne(settings);
    assert.deepEqual((await run(project, 'passes.cjs', settings)).reading, { state: 'passed' });
    assert.deepEqual((await run(project, 'fails.cjs', settings)).reading, { state: 'failed', message: 'exit code 3' });
    assert.deepEqual((await run(project, 'skips.cjs', settings)).reading, {
      state: 'skipped',
      reason: 'exit code 77 means skipped',
    });
  });

  it('gives the file as it is, in its folder and with its environment', async () => {
    const name = 'prints its arguments.cjs';
    const settings = settingsWith({
      files: ['tests/with space/*.cjs'],
      command: ['node', '${file}', '--of=${relativeFile}', '$HOME; `id`', '${unknown}'],
      cwd: 'tests',
      env: { GREETING: 'hello' },
    });
    const { stdout } = await run(await detectOne(settings), name, settings);
    assert.deepEqual(JSON.parse(stdout), {
      args: [`--of=${join('tests/with space', name)}`, '$HOME; `id`', '${unknown}'],
      cwd: join(folder, 'tests'),
      greeting: 'hello',
    });
  });

  it('runs files that are programs themselves', async function () {
    if (process.platform === 'win32') this.skip();
    const settings = settingsWith({ files: ['tests/*.sh'], command: ['${file}'] });
    const { reading, stdout } = await run(await detectOne(settings), 'program.sh', settings);
    assert.deepEqual([reading, stdout], [{ state: 'passed' }, 'a program']);
  });

  it('warns of a command that matches no file', async () => {
    const settings = settingsWith({ name: 'python', files: ['*.py', 'more/*.py'] }, {});
    const { projects, problems } = await framework.detect(context(settings));
    assert.deepEqual(
      projects.map(project => project.files.length),
      [0, 3],
    );
    assert.deepEqual(
      problems.map(problem => [problem.severity, problem.message]),
      [['warning', `The command "python" has no test: no file in ${folder} matches "*.py", "more/*.py".`]],
    );
  });

  it('tells two commands of the same name apart', async () => {
    const settings = settingsWith({ command: ['node'] }, { command: ['node', '--no-warnings'] });
    const { projects } = await framework.detect(context(settings));
    const args = await Promise.all(
      projects.map(async project => {
        const { tests } = await framework.discover(project, project.files[0]!, context(settings));
        return framework.launch(project, tests, settings).args.length;
      }),
    );
    assert.deepEqual(args, [1, 2]);
  });
});

describe('the words of a command', () => {
  const place = { file: join('/work space', 'a', 'b.sh'), folder: '/work space' };

  it('get the file as their last where they do not say where it goes', () => {
    assert.deepEqual(commandLine(['sh', '-e'], place), ['sh', '-e', place.file]);
    assert.deepEqual(commandLine(['make', '-C', '${folder}'], place), ['make', '-C', '/work space']);
  });

  it('may name the file in several ways and places', () => {
    const words = commandLine(['${file}', 'x=${relativeFile}:${relativeFile}', '${fileDirname}'], place);
    assert.deepEqual(words, [place.file, `x=${join('a', 'b.sh')}:${join('a', 'b.sh')}`, join('/work space', 'a')]);
  });

  it('take a file name with a dollar sign literally', () => {
    assert.deepEqual(commandLine(['${file}'], { file: "/$&/${folder}/$'", folder: '/' }), ["/$&/${folder}/$'"]);
  });
});
