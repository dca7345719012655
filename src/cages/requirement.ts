import type { CageRequirement, MachineFacts } from '../protocol/diagnosis.ts';
import type { Assurance, CageDescription, CageProperties, MechanismName } from '../protocol/limits.ts';
import type { Problem } from '../protocol/messages.ts';
import { assuranceText, mechanismLabel, propertyNames } from '../reports/cage.ts';
import { forbiddenText } from './order.ts';
import { remedyFor } from './remedy.ts';

const needs: Readonly<Record<CageRequirement, readonly (keyof CageProperties)[]>> = {
  'hard-memory': ['memory'],
  'hard-processes': ['processes'],
  'kernel-cleanup': ['cleanup'],
  'exact-usage': ['peak', 'cpu'],
};
/** The mechanisms that have it wherever they can be had. */
const givers: Readonly<Record<CageRequirement, readonly MechanismName[]>> = {
  'hard-memory': ['cgroup2', 'cgroup1', 'job-object'],
  'hard-processes': ['cgroup2', 'cgroup1', 'job-object', 'namespaces'],
  'kernel-cleanup': ['cgroup2', 'cgroup1', 'job-object', 'namespaces', 'subreaper'],
  'exact-usage': ['cgroup2', 'cgroup1', 'job-object'],
};

/** Why a cage is not what a project asks for; null when it is. */
export function unmet(requirement: CageRequirement, { properties }: CageDescription): string | null {
  const lacking = needs[requirement].filter(name => properties[name].level !== 'enforced');
  if (lacking.length === 0) return null;
  return lacking.map(name => `${lower(propertyNames[name])} is ${said(properties[name])}`).join('; ');
}

/** What refuses a run before anything of it is started; null when the cage is all that is asked for. */
export function refusal(
  requirements: readonly CageRequirement[],
  cage: CageDescription,
  facts: () => MachineFacts,
): Problem | null {
  const lacking = requirements.flatMap(requirement => {
    const because = unmet(requirement, cage);
    return because === null ? [] : [{ requirement, because }];
  });
  const [first] = lacking;
  if (!first) return null;
  const asked = lacking
    .map(
      ({ requirement, because }) =>
        `"${requirement}" is required, but in the strongest cage here (${cage.label}) the ${because}`,
    )
    .join('. ');
  const stronger = cage.passedOver.filter(({ mechanism }) => givers[first.requirement].includes(mechanism));
  const why = stronger.map(({ mechanism, because }) => `${mechanismLabel(mechanism)} is not used, because ${because}`);
  const forbidden = stronger
    .filter(({ because }) => because === forbiddenText)
    .map(({ mechanism }) => `"${mechanism}"`);
  const machine = facts();
  const remedy = stronger.map(({ mechanism }) => remedyFor(mechanism, machine)).find(text => text !== null);
  const fix =
    forbidden.length > 0
      ? `Take ${forbidden.join(' or ')} out of "cage.forbid".`
      : (remedy ?? 'Nothing is known to give it on this machine.');
  return {
    severity: 'error',
    key: 'cage.require',
    message: `cage.require: nothing was run. ${[asked, ...why].join('. ')}.`,
    fix: `${fix} Or ask for less in "cage.require". "bulkhead doctor" explains every cage.`,
    doctor: true,
  };
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function said(assurance: Assurance): string {
  return assurance.level === 'unavailable' ? assuranceText(assurance) : 'only watched';
}
