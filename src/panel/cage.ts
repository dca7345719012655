import type { Assurance, CageDescription, CageProperties, MechanismName } from '../protocol/limits.ts';
import { assuranceText, mechanismLabel, propertyNames } from '../reports/cage.ts';
import { el, muted } from './dom.ts';
import { icon } from './icons.ts';

const properties = Object.keys(propertyNames) as (keyof CageProperties)[];

/** Which cage the tests ran in, and how far each of its properties can be trusted here. */
export function cageLine(cage: CageDescription): HTMLElement {
  return el(
    'details.cage',
    el('summary', el('span.cage-name', 'Cage: ', el('strong', cage.label)), ' ', ...badgesOf(cage)),
    assurancesOf(cage),
    cage.passedOver.length > 0 &&
      el(
        'ul.passed-over',
        ...cage.passedOver.map(({ mechanism, because }) =>
          el('li', `Not ${mechanismLabel(mechanism)}, because ${because}`),
        ),
      ),
  );
}

/** The same for one test; `run` is the cage of its run, which may have changed since this test. */
export function cageOfTest(mechanism: MechanismName, run: CageDescription | null): HTMLElement {
  const known = run?.mechanism === mechanism;
  return el(
    'div.cage',
    el('p', el('strong', known ? run.label : mechanismLabel(mechanism)), known && ' ', ...(known ? badgesOf(run) : [])),
    known
      ? assurancesOf(run)
      : muted('What this cage was worth was not kept with the run. “Bulkhead: Doctor” tells it of today.'),
  );
}

function badgesOf(cage: CageDescription): HTMLElement[] {
  return properties.map(property => {
    const assurance = cage.properties[property];
    const name = propertyNames[property];
    return el(
      `span.badge.${assurance.level}`,
      { title: `${name}: ${assuranceText(assurance)}` },
      icon(assurance.level),
      name,
      el('span.unseen', `: ${levelText(property, assurance.level)}.`),
    );
  });
}

function assurancesOf(cage: CageDescription): HTMLElement {
  const rows = properties.map(property => {
    const assurance = cage.properties[property];
    return el(
      'div',
      el('dt', propertyNames[property]),
      el(`dd.${assurance.level}`, icon(assurance.level), sentence(assurance)),
    );
  });
  return el('dl.assurances', ...rows);
}

function sentence(assurance: Assurance): string {
  const text = assuranceText(assurance);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a level means for this property, short enough for a screen reader to say it for each. */
function levelText(property: keyof CageProperties, level: Assurance['level']): string {
  switch (level) {
    case 'enforced':
      return 'enforced';
    case 'watched':
      return `watched, ${shortfalls[property]}`;
    case 'unavailable':
      return 'not available here';
  }
}

const shortfalls: Readonly<Record<keyof CageProperties, string>> = {
  memory: 'may overshoot',
  processes: 'may overshoot',
  cleanup: 'a process may escape',
  peak: 'may miss a short one',
  cpu: 'may miss some',
};
