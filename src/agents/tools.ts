/** What an agent is told of one tool; the manifest and the MCP server say the same. */
export interface AgentTool {
  readonly name: AgentToolName;
  readonly title: string;
  readonly description: string;
  /** It changes nothing. */
  readonly readOnly: boolean;
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export const agentToolNames = ['run_tests_safely', 'get_test_process_report'] as const;
export type AgentToolName = (typeof agentToolNames)[number];

export const mostFiles = 200;
export const mostNames = 100;
export const mostRepeats = 50;

const asConfigured = 'Absent: as the project is configured.';

const text = (description: string) => ({ type: 'string', description });
const texts = (most: number, description: string) => ({
  type: 'array',
  items: { type: 'string' },
  maxItems: most,
  description,
});

export const agentTools: readonly AgentTool[] = [
  {
    name: 'run_tests_safely',
    title: 'Run tests safely',
    readOnly: false,
    description: [
      'Runs tests of this workspace, each in a cage of its own: its memory is capped, its time is limited, and every process that it',
      'starts is killed when it ends. A test that eats memory, hangs, crashes or forks harms neither the machine nor the other tests.',
      'Prefer this to running the test command in a terminal. The answer has the counts of all verdicts and then each test that did',
      'not pass, with its category (failed, timed out, out of memory, crashed, exited early, …), its numbers, the first line of its',
      'message and the evidence for the category. Name files to run a part; nothing named runs every test. Use "repeat" to look for a',
      'flaky test. Do not use it to build, to lint, or where the workspace has no tests.',
    ].join(' '),
    inputSchema: {
      type: 'object',
      properties: {
        files: texts(
          mostFiles,
          'Test files, or folders of them, as paths relative to the workspace folder or absolute. Absent: all of them.',
        ),
        names: texts(
          mostNames,
          'Only tests whose full title (suites and title, joined by spaces) contains one of these texts. Give "files" with it: every file that is left has to be read.',
        ),
        memory: text(`The memory cap of each test with all its processes, such as "512 MiB". ${asConfigured}`),
        timeout: text(`The time limit of each test, such as "30s". ${asConfigured}`),
        repeat: {
          type: 'integer',
          minimum: 1,
          maximum: mostRepeats,
          description: 'Runs the tests so often, one run after the other, and counts how often each did not pass.',
        },
      },
      additionalProperties: false,
    },
  },
  {
    name: 'get_test_process_report',
    title: 'Get the process report of tests',
    readOnly: true,
    description: [
      'Tells what tests of the last run did to the machine, without running anything: peak memory against the cap, CPU time, number of',
      'processes, processes that were left running and had to be killed (command, age, ports), why each verdict was given, and the end',
      'of the output; and which test processes are alive now. Use it after a run when a test was out of memory, timed out, crashed or',
      'left processes, or to find the tests that need the most memory.',
    ].join(' '),
    inputSchema: {
      type: 'object',
      properties: {
        test: text(
          'Only tests whose full title or file path contains this text. Absent: those that did not pass, and those that need the most memory.',
        ),
        run: text('The id of a run. Absent: the last one.'),
      },
      additionalProperties: false,
    },
  },
];
