import sax from 'sax';
import type { FailureMessage } from '../../../protocol/verdict.ts';
import type { Told } from '../file-account.ts';
import { appended } from '../../lines.ts';

export interface JunitCase {
  readonly path: readonly string[];
  readonly told: Told;
}

export interface JunitReport {
  readonly cases: readonly JunitCase[];
  /** Why the rest cannot be read; null: there is no more. */
  readonly fault: string | null;
}

interface Open {
  readonly path: readonly string[];
  readonly ms: number | undefined;
  readonly place: Pick<FailureMessage, 'file' | 'line'>;
  skipped: { readonly type: string; reason: string } | null;
  readonly failures: FailureMessage[];
  /** Tries that failed before the one that counts. */
  retries: number;
}

const failing = new Set(['failure', 'error']);
/** Of Surefire and nextest: an earlier try of a test that passed, or a later one of a test that failed. */
const again = new Set(['flakyfailure', 'flakyerror', 'rerunfailure', 'rerunerror']);

// An attribute may hold a megabyte: the size of the whole is limited where it is read.
Object.assign(sax, { MAX_BUFFER_LENGTH: Number.POSITIVE_INFINITY });

/** The common ground of the many dialects of JUnit's XML. */
export function junitReport(xml: string): JunitReport {
  const cases: JunitCase[] = [];
  const suites: string[] = [];
  const names: string[] = [];
  let open: Open | null = null;
  let part: { readonly name: string; readonly message: string; readonly type: string; text: string } | null = null;
  let fault: string | null = null;
  const parser = sax.parser(true);
  parser.onerror = error => {
    fault ??= error.message.split('\n').slice(0, 2).join(', ').toLowerCase();
    parser.error = null as unknown as Error;
  };
  parser.onopentag = tag => {
    const name = tag.name.toLowerCase().replace(/^.*:/, '');
    names.push(name);
    if (fault !== null) return;
    const attribute = (key: string) => {
      const value = tag.attributes[key];
      return typeof value === 'string' ? value : '';
    };
    if (name === 'testsuite') suites.push(attribute('name'));
    else if (name === 'testcase') open = opened(attribute, suites.at(-1) ?? '');
    else if (open && (failing.has(name) || again.has(name) || name === 'skipped')) {
      part = { name, message: attribute('message'), type: attribute('type'), text: '' };
    }
  };
  const addText = (text: string) => {
    if (part) part.text = appended(part.text, text);
  };
  parser.ontext = addText;
  parser.oncdata = addText;
  parser.onclosetag = () => {
    const name = names.pop();
    if (fault !== null) return;
    if (name === 'testsuite') suites.pop();
    else if (name === 'testcase' && open) {
      cases.push({ path: open.path, told: toldOf(open) });
      open = null;
    } else if (part && name === part.name) {
      if (open) note(open, part);
      part = null;
    }
  };
  parser.write(xml).close();
  if (fault === null && !/<testsuites?[\s>/]/.test(xml)) fault = 'it has no test suite';
  return { cases, fault };
}

function opened(attribute: (name: string) => string, suite: string): Open {
  const seconds = Number(attribute('time').replaceAll(',', '') || Number.NaN);
  const around = attribute('classname') || suite;
  const name = attribute('name') || 'a test without a name';
  const status = attribute('status').toLowerCase();
  const line = Number(attribute('line'));
  return {
    path: around && around !== name ? [around, name] : [name],
    ms: Number.isNaN(seconds) ? undefined : seconds * 1000,
    place: attribute('file') && line > 0 ? { file: attribute('file'), line } : {},
    // GoogleTest and ctest have no element for a test that is disabled.
    skipped: ['notrun', 'disabled', 'skipped'].includes(status) ? { type: '', reason: '' } : null,
    failures: [],
    retries: 0,
  };
}

function note(
  open: Open,
  part: { readonly name: string; readonly message: string; readonly type: string; readonly text: string },
) {
  const { name, message, type } = part;
  const text = part.text.trim();
  if (name === 'skipped') open.skipped = { type, reason: message || text };
  else if (again.has(name)) open.retries += 1;
  else {
    const told = [message, text.startsWith(message) ? text.slice(message.length).trim() : text].filter(each => each);
    open.failures.push({ text: told.join('\n') || type || 'It failed without a message.', ...open.place });
  }
}

function toldOf({ failures, skipped, ms, retries }: Open): Told {
  const common = { ...(ms === undefined ? {} : { ms }), ...(retries > 0 ? { retries } : {}) };
  if (failures.length > 0) return { ...common, state: 'failed', failures };
  if (!skipped) return { ...common, state: 'passed' };
  const state = skipped.type === 'pytest.xfail' ? 'failed-as-expected' : 'skipped';
  return { ...common, state, reason: skipped.reason };
}
