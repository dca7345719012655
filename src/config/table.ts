import type { CageRequirement } from '../protocol/diagnosis.ts';
import type { MechanismName } from '../protocol/limits.ts';
import { everyOf, type Field, type Fields, objectOf } from './fields.ts';
import { foundFrameworks } from './framework-fields.ts';
import type { CommandSettings, CommandVerdict, DestructivePreset, Order } from './settings.ts';
import { choice, count, environment, inside, listOf, oneOrMore, orWord, type Shape, size, text } from './shapes.ts';
import { limitFields, memory, none, time } from './limit-fields.ts';
import { presets } from './presets.ts';

// One table of every key: it validates the file, the editor's settings, the environment and the command line, and the
// published schema is written from it.

const files: Field<string[]> = {
  shape: oneOrMore(inside, '["test/**/*.slow.js"]'),
  description: 'Globs relative to the workspace folder.',
  examples: [['test/integration/**'], 'test/slow.test.js'],
};

const tests: Field<string[]> = {
  shape: oneOrMore(text, '["@slow", "uploads a large file"]'),
  description:
    'Words in the titles of the tests that are meant, tags such as "@slow" among them, or tags of their framework; without it, every test.',
  examples: ['@slow', ['@slow', 'uploads a large file']],
};

const tags: Field<string[]> = {
  shape: oneOrMore(text, '["@oom"]'),
  description:
    'Words in the titles of the tests that are meant, or tags of their framework. They protect the running of these tests; listing them loads their file under its ordinary limits, which only "files" can change.',
  examples: ['@oom', ['@oom', '@huge']],
};

const overrides = everyOf(
  objectOf({ files, tests, ...limitFields }, [], ['files', 'tests']),
  'objects with "files" or "tests", and limits',
);

const preset = choice(
  Object.fromEntries(Object.entries(presets).map(([name, { meaning }]) => [name, meaning])) as Record<
    DestructivePreset,
    string
  >,
);

const destructive = everyOf(
  objectOf(
    {
      files,
      tags,
      preset: { shape: preset, description: 'What they do, and so what holds them back.', examples: ['oom'] },
    },
    ['preset'],
    ['files', 'tags'],
  ),
  'objects with "files" or "tags", and "preset"',
);

const workingFolder = 'relative to the workspace folder';

const verdict = choice<CommandVerdict>({
  'exit-code': 'Each file is one test, and the exit code of its process says how it went.',
  tap: 'It prints TAP, the Test Anything Protocol (12 to 14): each of its test points is a test.',
  junit: 'It leaves a report in JUnit XML: each case of it is a test.',
});

const command = objectOf(
  {
    name: { shape: text, description: 'What the tests are called together.', examples: ['shell'] },
    files: {
      ...files,
      description: 'The test files: globs relative to the workspace folder.',
      examples: [['test/*.sh']],
    },
    exclude: { ...files, description: 'Files to leave out: globs relative to the workspace folder.', default: [] },
    command: {
      shape: listOf(text, { least: 1, example: '["python3", "${file}"]' }),
      description: 'The command line, a word each, without a shell; ${file} stands for the test file.',
      examples: [
        ['sh', '${file}'],
        ['python3', '-m', 'unittest', '${file}'],
      ],
    },
    cwd: { shape: inside, description: `The folder to run it in, ${workingFolder}.`, examples: ['backend'] },
    env: { shape: environment, description: 'Variables to add to its environment.', default: {} },
    verdict: { shape: verdict, description: 'How it tells what came of its tests.', default: 'exit-code' },
    report: {
      shape: inside,
      description:
        'For "junit": the file that it writes, relative to the workspace folder; without it, the one that ${report} in the command stands for.',
      examples: ['build/report.xml', 'reports/${relativeFile}.xml'],
    },
    list: {
      shape: listOf(text, { least: 1, example: '["${file}", "--list"]' }),
      description:
        'For "exit-code": a command that prints the tests of a file, one a line; the command then runs each by itself, and ${test} stands for it.',
      examples: [['${file}', '--list']],
    },
    skipCodes: {
      shape: listOf(count(1, 255), { least: 0, example: '[77]' }),
      description: 'Exit codes that mean "skipped".',
      default: [],
      examples: [[77]],
    },
  },
  ['name', 'files', 'command'],
);

const commands: Shape<CommandSettings[]> = {
  schema: everyOf(command, 'objects with "name", "files" and "command"').schema,
  read(value, path, report) {
    const read = everyOf(command, 'objects with "name", "files" and "command"').read(value, path, report);
    return read
      ?.filter((each, index) => {
        const first = read.findIndex(other => other.name === each.name) === index;
        if (!first) report(path, `two entries have the name "${each.name}"`, 'Give each a name of its own.');
        return first;
      })
      .map(each => ({ exclude: [], env: {}, skipCodes: [], verdict: 'exit-code', ...each }));
  },
};

export const frameworkFields = {
  ...foundFrameworks,
  command: {
    shape: commands,
    description: 'Tests that are programs, started once for each file.',
    default: [],
    examples: [[{ name: 'shell', files: ['test/*.sh'], command: ['sh', '${file}'] }]],
  },
} satisfies Fields;

const requirement = choice<CageRequirement>({
  'hard-memory': 'The kernel caps the memory of a test and all its children.',
  'hard-processes': 'The kernel caps how many processes and threads a test has.',
  'kernel-cleanup': 'The kernel’s word that nothing of a test is left.',
  'exact-usage': 'Peak memory and CPU time are the kernel’s own record.',
});

const forbidden = choice<Exclude<MechanismName, 'process-group'>>({
  cgroup2: 'Control groups, version 2.',
  cgroup1: 'Control groups, version 1.',
  'job-object': 'A Windows job object.',
  namespaces: 'A user and pid namespace: debuggers, nested sandboxes and setuid programs may not work in it.',
  subreaper: 'The keeper without a namespace.',
  'node-keeper': 'A Node in front of each test, where the keeper’s program cannot be had.',
  'watched-tree': 'The keeper of macOS, which watches what it cannot adopt.',
});

export const cageFields = {
  'cage.require': {
    shape: oneOrMore(requirement, '["hard-memory", "kernel-cleanup"]'),
    description: 'What the cages must have: where the strongest cage of a machine has less, nothing is run.',
    examples: ['hard-memory', ['hard-memory', 'kernel-cleanup']],
  },
  'cage.forbid': {
    shape: listOf(forbidden, { least: 0, example: '["namespaces"]' }),
    description:
      'Kinds of cages that may not be used, although they work. The weakest, a process group, is always left: only "cage.require" refuses it.',
    default: [],
    examples: [['namespaces']],
  },
} satisfies Fields;

/** Read by editors alone, and no setting. */
const forEditors: Shape<never> = { schema: text.schema, read: () => undefined };

const order = choice<Order>({
  'failed-first':
    'What failed the last time, then what has never run, then the rest; among these the longest first, so that no long test is left for the end.',
  file: 'The files and their tests as they are listed.',
});

export const fields = {
  $schema: { shape: forEditors, description: 'Where the description of this file is, for editors.' },
  ...limitFields,
  jobs: {
    shape: orWord(count(1, 1024), new Map([['auto', 0]])),
    description: 'How many cages may run at once; "auto" is one for each core.',
    default: 'auto',
    examples: ['auto', 4],
  },
  order: {
    shape: order,
    description: 'Which tests have their turn first.',
    default: 'failed-first',
  },
  memoryBudget: {
    shape: memory,
    description:
      'What the caps of all cages running at once, of all runs, may add up to; without it, most of the free memory.',
    examples: ['4 GiB'],
  },
  memoryFloor: {
    shape: size({ least: 0, most: Number.MAX_SAFE_INTEGER, range: '0 at least (a number alone is bytes)' }),
    description:
      'How much memory of the machine, and of the container that all of it runs in, is kept free while tests run: under it, the largest cage is ended and its tests run once more alone. Without it, 2 % of all, 128 MiB at most; 0 turns it off. On Linux only.',
    examples: ['512 MiB', 0],
  },
  runTimeout: {
    shape: orWord(time, none),
    description: 'How long a whole run may take: what runs then is ended, and what has not begun is not started.',
    default: 'none',
    examples: ['15 min', 'none'],
  },
  'build.memory': {
    shape: orWord(memory, none),
    description: 'The memory that a build (of go, cargo, cmake) may use, in place of a test’s. "none" removes the cap.',
    default: '4 GiB',
    examples: ['8 GiB'],
  },
  'build.timeout': {
    shape: time,
    description: 'How long a build may take.',
    default: '10 min',
    examples: ['30 min'],
  },
  'history.runs': {
    shape: orWord(count(1, 1_000_000), none),
    description: 'How many past runs are kept. The last one always is, and so is each that is going on.',
    default: 200,
    examples: [50, 'none'],
  },
  'history.days': {
    shape: orWord(count(1, 36_500), none),
    description: 'For how many days past runs are kept.',
    default: 90,
    examples: [14, 'none'],
  },
  'history.size': {
    shape: orWord(memory, none),
    description:
      'What past runs may take on the disk together. Beyond it, the oldest first, the files of their output go, and then whole runs.',
    default: '4 GiB',
    examples: ['500 MiB', 'none'],
  },
  maxFailures: {
    shape: orWord(count(1, 1_000_000), none),
    description: 'After so many failed tests no further test is begun; those that run are let to their end.',
    default: 'none',
    examples: [1, 'none'],
  },
  envFile: {
    shape: oneOrMore(inside, '[".env", ".env.test"]'),
    description:
      'Files of variables for the environment of every test, relative to the workspace folder; of two with the same variable the last one counts. What is set already stays.',
    examples: ['.env', ['.env', '.env.test']],
  },
  ...cageFields,
  overrides: {
    shape: overrides,
    description: 'Limits for some files or tests only; the last entry that matches wins.',
    default: [],
    examples: [[{ files: 'test/integration/**', timeout: '2 min' }], [{ tests: '@slow', timeout: '2 min' }]],
  },
  destructive: {
    shape: destructive,
    description:
      'Files, or tests by their tags, that take a machine down where nothing holds them back. They get the limits of a preset, and run only where the kernel enforces those and the user has allowed it, which this file cannot.',
    default: [],
    examples: [[{ files: 'test/destructive/memory/**', preset: 'oom' }], [{ tags: '@oom', preset: 'oom' }]],
  },
  frameworks: { shape: objectOf(frameworkFields), description: 'What runs the tests.', default: {} },
} satisfies Fields;
