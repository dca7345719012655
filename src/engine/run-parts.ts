import type { Mechanism } from '../cages/cage.ts';
import type { Settings } from '../config/settings.ts';
import type { Framework } from '../frameworks/framework.ts';
import type { Notice } from '../protocol/messages.ts';
import type { Project, TestInfo } from '../protocol/tests.ts';
import type { TestRecord } from '../protocol/verdict.ts';
import type { Capacity } from './capacity.ts';
import type { CagedProcess } from './caged-process.ts';
import type { Debugging } from './debugging.ts';
import type { UnitEvidence } from './evidence.ts';
import type { Journal } from './journal.ts';
import type { AskHistory } from './past-outcomes.ts';
import type { Earlier } from './resumption.ts';
import type { Terms } from './terms.ts';
import type { Unit, UnitOutcome } from './unit.ts';
import type { Workspace } from './workspace.ts';

/** Measures what tests run. */
export interface CoverageTaker {
  /** The same unit, told where to leave what it counts. */
  prepared(unit: Unit): Unit;
  /** Of a unit that was prepared, and of which nothing is alive. */
  take(unit: Unit, outcome: UnitOutcome): void;
}

export interface RunDeps {
  readonly id: string;
  readonly workspace: Workspace;
  readonly mechanism: Mechanism;
  readonly scratch: string;
  readonly journal: Journal;
  /** What the run had done before it was interrupted; null: it begins now. */
  readonly earlier: Earlier | null;
  /** Shared with the other runs of this warden. */
  readonly capacity: Capacity;
  /** Null: nobody wants to know. */
  readonly coverage: CoverageTaker | null;
  /** Null: there is no history to ask. */
  readonly past: AskHistory | null;
  /** Resolves when the client may be told more. */
  readonly notify: (notice: Notice) => Promise<void>;
  readonly onCage: (process: CagedProcess, unit: Unit) => void;
  readonly nextUnit: () => string;
  /** Each cage waits for a debugger, with no time limit; null: none of them waits. */
  readonly debugging: Debugging<[Unit]> | null;
}

/** How tests of one file are run. */
export interface How extends Omit<Terms, 'tests'> {
  readonly project: Project;
  readonly framework: Framework;
  readonly merged: Settings;
  readonly chosen: boolean;
  /** When they have their turn. */
  readonly rank: number;
}

export interface Attempt {
  /** What another test's death kept from running. */
  readonly left: readonly TestInfo[];
  /** Ended before another one brought the cage down, or it did so itself: nobody knows. */
  readonly between: TestInfo | null;
  /** The cage came to its end before any of its tests began. */
  readonly barren: boolean;
  readonly records: readonly TestRecord[];
  readonly evidence: UnitEvidence | null;
}
