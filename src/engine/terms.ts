import type { Mechanism } from '../cages/cage.ts';
import { limitsOf, mergeLayers, settingsFor } from '../config/resolve.ts';
import type { LimitSettings, SettingsLayer } from '../config/settings.ts';
import type { Framework } from '../frameworks/framework.ts';
import type { Limits } from '../protocol/limits.ts';
import type { Problem } from '../protocol/messages.ts';
import type { Project, TestInfo } from '../protocol/tests.ts';
import { destructiveRefusal } from './destructive.ts';
import { groupsOf } from './groups.ts';

/** Tests for one cage at a time, with what holds for all of them. */
export interface Terms {
  readonly tests: readonly TestInfo[];
  readonly settings: Required<LimitSettings>;
  readonly limits: Limits;
  /** Why none of them may be started. */
  readonly refused: Problem | null;
}

export interface TermsContext {
  readonly layers: readonly SettingsLayer[];
  readonly project: Project;
  readonly file: string;
  /** Every test of the file that is known, chosen or not. */
  readonly known: readonly TestInfo[];
  readonly framework: Framework;
  readonly mechanism: Mechanism;
}

/** A cage for each test, or one for those of a file that may share it: what is written for single tests sets them apart. */
export function termsOf(tests: readonly TestInfo[], context: TermsContext): Terms[] {
  const { layers, project, file, framework, known } = context;
  const ofFile = theTermsOf([], context);
  const { overrides, destructive } = mergeLayers(layers);
  const alike = !overrides.some(override => override.tests) && !destructive.some(entry => entry.tags);
  const whole = framework.smallestUnit === 'file';
  const mayShare = framework.mayShare?.(project, file) ?? true;
  return groupsOf(tests, ofFile.settings.isolation, framework, mayShare).flatMap(group => {
    if (alike) return [{ ...ofFile, tests: group }];
    // A framework that runs whole files runs those tests too that nobody has chosen.
    if (whole) return [{ ...theTermsOf([...group, ...known], context), tests: group }];
    const single = group.map(test => ({ ...theTermsOf([test], context), tests: [test] }));
    const same = Map.groupBy(single, ({ settings, refused }) => JSON.stringify([settings, refused]));
    return [...same.values()].map(those => ({ ...those[0]!, tests: those.flatMap(each => each.tests) }));
  });
}

function theTermsOf(tests: readonly TestInfo[], { layers, project, file, mechanism }: TermsContext) {
  const settings = settingsFor(layers, project.folder, file, tests);
  const refused = destructiveRefusal(layers, project.folder, file, mechanism, tests);
  return { settings, limits: limitsOf(settings), refused };
}
