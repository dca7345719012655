import { type Field } from './fields.ts';
import type { Isolation, LeakPolicy, LimitSettings, Network, WorkspaceWrites } from './settings.ts';
import { choice, count, duration, listOf, orWord, size, text } from './shapes.ts';

export const none = new Map<unknown, null>([
  ['none', null],
  [null, null],
]);

// A timer of Node that is set for longer fires at once.
const longest = 2 ** 31 - 1;
const mebibyte = 1024 ** 2;

export const time = duration({ least: 1, most: longest, range: 'from 1 ms to 24 days' });
const timeOrZero = duration({ least: 0, most: longest, range: '24 days at most' });
export const memory = size({
  least: mebibyte,
  most: Number.MAX_SAFE_INTEGER,
  range: '1 MiB at least (a number alone is bytes)',
});

export const limitFields = {
  memory: {
    shape: orWord(memory, none),
    description:
      'The memory that one test and every process it starts may use together. A number is bytes; "none" removes the cap.',
    default: '512 MiB',
    examples: ['128 MiB', '2 GiB', 'none'],
  },
  swap: {
    shape: size({ least: 0, most: Number.MAX_SAFE_INTEGER, range: '0 at least' }),
    description: 'The swap space that a test may use beyond its memory.',
    default: 0,
    examples: [0, '256 MiB'],
  },
  processes: {
    shape: orWord(count(1, 4_194_304), none),
    description: 'How many processes and threads a test may have at once. "none" removes the limit.',
    default: 512,
    examples: [64, 512, 'none'],
  },
  timeout: {
    shape: orWord(time, none),
    description: 'How long one test may take. A number is milliseconds; "none" removes the limit.',
    default: '30s',
    examples: ['500ms', '30s', '2 min', 'none'],
  },
  slow: {
    shape: orWord(time, none),
    description: 'A test that takes longer is called slow: while it runs, and in its record. "none" calls none so.',
    default: '10s',
    examples: ['2s', '1 min', 'none'],
  },
  startup: {
    shape: time,
    description: 'How long the framework may take to start and load the file before its first test.',
    default: '60s',
    examples: ['60s', '2 min'],
  },
  teardown: {
    shape: time,
    description: 'How long the process may take to end after its last test.',
    default: '5s',
    examples: ['5s', '30s'],
  },
  grace: {
    shape: timeOrZero,
    description: 'How long a test that must end may take to do so by itself before it is killed.',
    default: '2s',
    examples: ['2s', 0],
  },
  output: {
    shape: size({ least: 0, most: 8 * mebibyte, range: '8 MiB at most' }),
    description: 'How much of the output of each test is kept: half from its beginning, half from its end.',
    default: '1 MiB',
    examples: ['64 KiB', '1 MiB'],
  },
  outputFile: {
    shape: orWord(size({ least: 0, most: Number.MAX_SAFE_INTEGER, range: '0 at least' }), none),
    description:
      'How much of the whole output of a test is kept in a file, where it prints more than "output" keeps. "none" makes no file.',
    default: '64 MiB',
    examples: ['1 GiB', 'none'],
  },
  outputLimit: {
    shape: orWord(size({ least: 1024, most: Number.MAX_SAFE_INTEGER, range: '1 KiB at least' }), none),
    description: 'A test that prints more than this is ended. "none" removes the limit.',
    default: '256 MiB',
    examples: ['64 MiB', 'none'],
  },
  idle: {
    shape: orWord(time, none),
    description: 'How long a test may go without any output and any event of its framework. "none" removes the limit.',
    default: 'none',
    examples: ['10s', 'none'],
  },
  openFiles: {
    shape: orWord(count(16, 1_048_576), none),
    description: 'How many files, sockets and pipes each process of a test may have open at once.',
    default: 'none',
    examples: [256, 'none'],
  },
  fileSize: {
    shape: orWord(size({ least: 1, most: Number.MAX_SAFE_INTEGER, range: '1 byte at least' }), none),
    description: 'How large each file that a test writes may become.',
    default: 'none',
    examples: ['100 MiB', 'none'],
  },
  disk: {
    shape: orWord(size({ least: 65_536, most: Number.MAX_SAFE_INTEGER, range: '64 KiB at least' }), none),
    description:
      'What a test may write to its temporary folder, which is then private, empty, held in memory and gone with the test. Files written elsewhere are not counted.',
    default: 'none',
    examples: ['100 MiB', 'none'],
  },
  workspaceWrites: {
    shape: choice<WorkspaceWrites>({
      kept: 'A test writes to the workspace itself.',
      discarded:
        'A test sees the workspace as it is, and what it writes there goes to a private layer in memory that is gone with it.',
    }),
    description: 'What becomes of the files that a test writes, changes and removes in the workspace folder.',
    default: 'kept',
    examples: ['discarded'],
  },
  stack: {
    shape: orWord(size({ least: 131_072, most: Number.MAX_SAFE_INTEGER, range: '128 KiB at least' }), none),
    description: 'How large the stack of each process of a test may grow.',
    default: 'none',
    examples: ['1 MiB', 'none'],
  },
  cpu: {
    shape: orWord(duration({ least: 1000, most: longest, range: 'from 1 s to 24 days' }), none),
    description: 'How much CPU time each process of a test may use, in whole seconds.',
    default: 'none',
    examples: ['10s', 'none'],
  },
  network: {
    shape: choice<Network>({
      on: 'The network as the machine has it.',
      off: 'A network of its own with nothing in it but its own loopback.',
    }),
    description: 'Whether a test reaches the network, the services on this machine among it.',
    default: 'on',
  },
  nice: {
    shape: count(0, 19),
    description: 'How much a test gives way to everything else on the machine: 0 not at all, 19 the most.',
    default: 0,
    examples: [0, 10],
  },
  isolation: {
    shape: choice<Isolation>({
      test: 'Each test in a cage of its own: exact blame and exact numbers.',
      suite: 'The tests of an outermost suite together in one cage.',
      file: 'The tests of a file together in one cage: faster, and they share its limits.',
      adaptive:
        'As "file", and then each test that failed, or that may be to blame for what the cage left, once more alone: that verdict counts.',
    }),
    description: 'What gets a cage of its own.',
    default: 'test',
  },
  leaks: {
    shape: choice<LeakPolicy>({
      ignore: 'Processes that a test leaves are killed; nothing is said.',
      warn: 'They are killed and shown with the test.',
      fail: 'They are killed and the test fails.',
    }),
    description: 'What it means that a test has ended and processes that it started have not.',
    default: 'warn',
  },
  retries: {
    shape: count(0, 10),
    description:
      'How often a test that fails is tried again, each time alone in a new cage. One that passes then is shown as flaky.',
    default: 0,
    examples: [0, 2],
  },
  retryDelay: {
    shape: timeOrZero,
    description: 'How long to wait before the first retry; twice as long before each further one.',
    default: 0,
    examples: ['500ms'],
  },
  weight: {
    shape: orWord(count(1, 1024), new Map([['exclusive', 0]])),
    description: 'For how many of the "jobs" a cage counts; with "exclusive" nothing else runs at the same time.',
    default: 1,
    examples: [2, 'exclusive'],
  },
  locks: {
    shape: listOf(text, { least: 0, example: '["database"]' }),
    description: 'Names of what a test needs for itself: of the tests with the same name only one runs at a time.',
    default: [],
    examples: [['database']],
  },
} satisfies { readonly [K in keyof LimitSettings]-?: Field<Exclude<LimitSettings[K], undefined>> };
