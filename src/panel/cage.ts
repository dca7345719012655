import type { Assurance, CageDescription, CageProperties } from '../protocol/limits.ts';
import { assuranceText, mechanismLabel, propertyNames } from '../reports/cage.ts';
import { el } from './dom.ts';
import { icon } from './icons.ts';

const properties = Object.keys(propertyNames) as (keyof CageProperties)[];

/** Which cage the tests ran in, and how far each of its properties can be trusted here. */
export function cageLine(cage: CageDescription): HTMLElement {
  const badges = properties.map(property => {
    const assurance = cage.properties[property];
    const name = propertyNames[property];
    return el(
      'span',
      { class: `badge ${assurance.level}`, title: `${name}: ${assuranceText(assurance)}` },
      icon(assurance.level),
      name,
      el('span', { class: 'unseen' }, `: ${levelText(property, assurance.level)}.`),
    );
  });
  const rows = properties.map(property => {
    const assurance = cage.properties[property];
    return el(
      'div',
      {},
      el('dt', {}, propertyNames[property]),
      el('dd', { class: assurance.level }, icon(assurance.level), sentence(assurance)),
    );
  });
  return el(
    'details',
    { class: 'cage' },
    el('summary', {}, el('span', { class: 'cage-name' }, 'Cage: ', el('strong', {}, cage.label)), ' ', ...badges),
    el('dl', { class: 'assurances' }, ...rows),
    cage.passedOver.length > 0 &&
      el(
        'ul',
        { class: 'passed-over' },
        ...cage.passedOver.map(({ mechanism, because }) =>
          el('li', {}, `Not ${mechanismLabel(mechanism)}, because ${because}`),
        ),
      ),
  );
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
