import type { AgentEngine } from './engine.ts';
import { readReportInput, readRunInput } from './input.ts';
import { processReport } from './process-report.ts';
import { runTests } from './run-tests.ts';
import type { AgentToolName } from './tools.ts';

export interface Call {
  readonly tool: AgentToolName;
  /** As the agent gave it. */
  readonly input: unknown;
  readonly signal: AbortSignal;
  /** Of the answer, where the agent has less room than usual. */
  readonly mostCharacters?: number;
}

/** The text that an agent gets; a fault that it can mend is thrown as a `ToolProblem`. */
export async function answer({ tool, input, signal, mostCharacters }: Call, engine: AgentEngine): Promise<string> {
  switch (tool) {
    case 'run_tests_safely':
      return runTests(readRunInput(input), engine, signal, mostCharacters);
    case 'get_test_process_report':
      return processReport(readReportInput(input), engine, mostCharacters);
  }
}
