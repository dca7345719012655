import { agentTools, type AgentToolName } from '../agents/tools.ts';

const told: Readonly<
  Record<AgentToolName, { readonly icon: string; readonly reference: string; readonly user: string }>
> = {
  run_tests_safely: {
    icon: '$(beaker)',
    reference: 'runTestsSafely',
    user: 'Runs tests in cages: capped memory, limited time, and no process left behind',
  },
  get_test_process_report: {
    icon: '$(server-process)',
    reference: 'testProcessReport',
    user: 'Tells what the tests of the last run did to the machine, and why each verdict was given',
  },
};

/** `contributes.languageModelTools` of the manifest. */
export function contributedTools(): readonly object[] {
  return agentTools.map(({ name, title, description, inputSchema }) => ({
    name,
    displayName: title,
    modelDescription: description,
    userDescription: told[name].user,
    canBeReferencedInPrompt: true,
    toolReferenceName: told[name].reference,
    icon: told[name].icon,
    tags: ['bulkhead', 'tests'],
    when: 'bulkhead.active && isWorkspaceTrusted',
    inputSchema,
  }));
}
