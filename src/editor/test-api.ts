import type * as vscode from 'vscode';
import type { AgentTools } from './agent-tools.ts';
import type { Connection } from './connection.ts';
import type { McpServers } from './mcp-servers.ts';
import type { Interrupted } from './interrupted.ts';
import type { Processes } from './processes.ts';
import type { Runs } from './runs.ts';
import type { Status } from './status.ts';

/** What `activate` returns, for the tests of this repository only: it may change with any version. */
export interface TestApi {
  readonly controller: vscode.TestController;
  readonly profile: vscode.TestRunProfile;
  readonly coverageProfile: vscode.TestRunProfile;
  readonly debugProfile: vscode.TestRunProfile;
  readonly runs: Runs;
  readonly status: Status;
  readonly processes: Processes;
  readonly interrupted: Interrupted;
  readonly agents: AgentTools;
  readonly mcpServers: McpServers;
  readonly connection: Connection;
  /** What `activate` took of the processor. */
  readonly activationCpuMs: number;
}
