import { describeFaults } from './cells.ts';
import { outcomes } from './faults.ts';
import { frameworks } from './frameworks.ts';

for (const framework of frameworks) describeFaults('faults', framework, outcomes);
