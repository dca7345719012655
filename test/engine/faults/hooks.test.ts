import { describeFaults } from './cells.ts';
import { hookFrameworks, hookOutcomes } from './hooks.ts';

for (const framework of hookFrameworks) describeFaults('hooks', framework, hookOutcomes);
