import * as vscode from 'vscode';
import { answer } from '../agents/answer.ts';
import type { AgentEngine, AgentRun, RunEnd } from '../agents/engine.ts';
import { readReportInput, readRunInput } from '../agents/input.ts';
import { limitsText, mostCharacters } from '../agents/run-tests.ts';
import { type AgentToolName, agentToolNames } from '../agents/tools.ts';
import { oneLine } from '../reports/excerpt.ts';
import type { Connection } from './connection.ts';
import type { Runs } from './runs.ts';
import type { TestTree } from './tree.ts';

/** What a token is at least, in characters. */
const charactersPerToken = 3;

/** Bulkhead for the agents of this window: what they run is a run of the Test Explorer, seen and stopped like any other. */
export class AgentTools {
  readonly #engine: AgentEngine;

  constructor(connection: Connection, tree: TestTree, runs: Runs, profile: vscode.TestRunProfile) {
    this.#engine = {
      ask: (name, params) => connection.request(name, params),
      projects: async () => {
        await tree.ready();
        return tree.projects;
      },
      run: order => runFor(order, runs, profile),
    };
  }

  register(): vscode.Disposable[] {
    return agentToolNames.map(name => vscode.lm.registerTool(name, this.tool(name)));
  }

  tool(name: AgentToolName): vscode.LanguageModelTool<unknown> {
    return {
      prepareInvocation: ({ input }) => preparations[name](input),
      invoke: async ({ input, tokenizationOptions }, token) => {
        const most = (tokenizationOptions?.tokenBudget ?? Infinity) * charactersPerToken;
        const text = await this.#answer(name, input, token, Math.min(mostCharacters, most));
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      },
    };
  }

  async #answer(tool: AgentToolName, input: unknown, token: vscode.CancellationToken, most: number): Promise<string> {
    const cancelled = new AbortController();
    if (token.isCancellationRequested) cancelled.abort();
    const listening = token.onCancellationRequested(() => cancelled.abort());
    try {
      return await answer({ tool, input, signal: cancelled.signal, mostCharacters: most }, this.#engine);
    } finally {
      listening.dispose();
    }
  }
}

/** What a person reads before it is done. It looks at nothing but the input, which is words of a model: text, and never markup. */
const preparations: Readonly<Record<AgentToolName, (input: unknown) => vscode.PreparedToolInvocation>> = {
  run_tests_safely: given => {
    const input = readRunInput(given);
    const { files, names, repeat } = input;
    const what =
      files.length === 0
        ? vscode.l10n.t('all files')
        : files.length === 1
          ? oneLine(files[0]!, 80)
          : vscode.l10n.t('{0} files', files.length);
    const named = names.map(name => `“${oneLine(name, 60)}”`).join(', ');
    const which =
      names.length === 0
        ? vscode.l10n.t('the tests of {0}', what)
        : vscode.l10n.t('tests with {0} of {1}', named, what);
    const often = repeat > 1 ? vscode.l10n.t(', {0} times', repeat) : '';
    const listed =
      files.length > 1
        ? `\n${files
            .slice(0, 20)
            .map(file => `- ${oneLine(file, 120)}`)
            .join('\n')}`
        : '';
    const message = vscode.l10n.t('Run {0}{1}, each in a cage of its own.', which, often);
    return {
      invocationMessage: vscode.l10n.t('Running {0}{1}', which, often),
      confirmationMessages: {
        title: vscode.l10n.t('Run tests in cages?'),
        message: new vscode.MarkdownString().appendText(`${message}${limitsText(input)}${listed}`),
      },
    };
  },
  get_test_process_report: given => {
    const { test } = readReportInput(given);
    const invocationMessage =
      test === null
        ? vscode.l10n.t('Reading the process report')
        : vscode.l10n.t('Reading the process report of “{0}”', oneLine(test, 60));
    return { invocationMessage };
  },
};

async function runFor(
  { selection, overrides, name, onRecord, signal }: AgentRun,
  runs: Runs,
  profile: vscode.TestRunProfile,
): Promise<RunEnd> {
  const stop = new vscode.CancellationTokenSource();
  const cancel = () => stop.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    // The Test Results view does not come to the front for what nobody asked for in person.
    const request = new vscode.TestRunRequest(undefined, undefined, profile, false, true);
    const { summary, lostBecause } = await runs.start(request, { selection, overrides, name, onRecord }, stop.token);
    return summary ? { summary } : { because: lostBecause ?? 'It was cancelled before it began.' };
  } finally {
    signal.removeEventListener('abort', cancel);
    stop.dispose();
  }
}
