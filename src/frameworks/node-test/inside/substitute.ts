import { AsyncLocalStorage } from 'node:async_hooks';
import type { Order } from '../../../protocol/events.ts';
import { around, type Body, type Definition, readDefinition, withoutTimeout } from './definition.ts';
import { onlyMarks, type OnlyMarks, withMarks } from './only.ts';
import type { TestModule } from './redirect.ts';
import { type Defined, Names, rootOf, type Skip, Wanted } from './tree.ts';

export interface DefinitionListeners {
  /** A test that somebody may order. */
  readonly found: (test: Defined, options: object | undefined) => void;
  /** One that runs although it was not ordered by itself. */
  readonly unordered: (test: Defined) => void;
  /** One that was ordered, of a suite that is skipped. */
  readonly skipped: (test: Defined) => void;
  readonly running: (test: Defined) => void;
  /** Before node:test gets the first of them. */
  readonly first: () => void;
}

type Call = (...args: unknown[]) => unknown;

const suites = new Set(['describe', 'suite']);
const tests = new Set(['test', 'it', 'skip', 'todo', 'only', 'expectFailure']);
const hooks = new Set(['before', 'after', 'beforeEach', 'afterEach']);

/** Stands in for `node:test`: gives it only what is ordered, and knows which test is which. */
export class Substitute {
  readonly root: Defined;
  /** Suites with an asynchronous body that are still being read. */
  readonly pending: Promise<unknown>[] = [];
  /** How many tests node:test got, or would have left out. */
  given = 0;
  readonly #listeners: DefinitionListeners;
  readonly #wanted: Wanted;
  readonly #names = new Names();
  readonly #current = new AsyncLocalStorage<Defined>();
  /** What is given to node:test of a test's options, or a hook's. */
  readonly #patient: (options: unknown) => unknown;
  readonly #marks: OnlyMarks;
  readonly #contexts = new WeakMap<object, Defined>();
  #patched = false;
  #given = false;

  constructor(order: Order, listeners: DefinitionListeners) {
    this.#listeners = listeners;
    this.#wanted = new Wanted(order);
    this.#patient = order.debug ? withoutTimeout : options => options;
    this.#marks = onlyMarks(order);
    this.root = rootOf(order.mode === 'discover');
  }

  /** Node:test runs some of what it gets. */
  get leavesOut(): boolean {
    return this.#marks === 'heeded';
  }

  /** Given to node:test, which left them out for they are not marked `.only`. */
  get leftOut(): readonly Defined[] {
    const below = ({ children }: Defined): Defined[] => children.flatMap(each => [each, ...below(each)]);
    return this.leavesOut ? below(this.root).filter(({ kind, ended }) => kind === 'test' && !ended) : [];
  }

  /** The suite or test whose code is running. */
  get current(): Defined {
    return this.#current.getStore() ?? this.root;
  }

  of(genuine: TestModule): TestModule {
    const substitute = this.#test(genuine) as TestModule;
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(genuine))) {
      if (['length', 'name', 'prototype'].includes(name)) continue;
      const value: unknown = property.value;
      const wrapped =
        typeof value !== 'function'
          ? undefined
          : value === genuine
            ? substitute
            : suites.has(name)
              ? this.#withVariants(value as Call, (call, variant) => this.#suite(call, variant))
              : tests.has(name)
                ? this.#withVariants(this.#unmarked(name, value as Call, genuine), call => this.#test(call))
                : hooks.has(name)
                  ? (...args: unknown[]) =>
                      this.current.passive ? undefined : (value as Call)(...args.map(this.#patient))
                  : undefined;
      Object.defineProperty(substitute, name, wrapped ? { ...property, value: wrapped } : property);
    }
    return substitute;
  }

  /** `it.skip` and the like are functions of their own. */
  #withVariants(genuine: Call, wrap: (genuine: Call, variant?: string) => Call): Call {
    const wrapped = wrap(genuine);
    for (const [name, value] of Object.entries(genuine)) {
      if (tests.has(name) && typeof value === 'function' && value !== genuine)
        Reflect.set(wrapped, name, wrap(this.#unmarked(name, value as Call, genuine), name));
    }
    return wrapped;
  }

  /** `it.only` where that is no more than `it`. */
  #unmarked(name: string, value: Call, plain: Call): Call {
    return name === 'only' && this.#marks === 'ignored' ? plain : value;
  }

  #test(genuine: Call): Call {
    return (...args) => {
      const definition = readDefinition(args);
      const test = this.#names.define('test', definition.title, this.current, definition.body !== undefined);
      return this.#define(test, definition, genuine);
    };
  }

  #define(test: Defined, definition: Definition, genuine: Call): unknown {
    const parent = test.parent!;
    if (parent.kind !== 'test') {
      if (parent.passive && test.skip && !this.root.passive && this.#wanted.orders(test)) {
        this.given++;
        this.#listeners.skipped(test);
        return Promise.resolve();
      }
      if (parent.passive) {
        this.#listeners.found(test, definition.options);
        return Promise.resolve();
      }
      if (!this.#wanted.orders(test) && !this.#wanted.holds(test)) return Promise.resolve();
    }
    if (parent.kind === 'test' || !this.#wanted.orders(test)) this.#listeners.unordered(test);
    return this.#give(test, definition, genuine);
  }

  #suite(genuine: Call, variant?: string): Call {
    return (...args) => {
      const definition = readDefinition(args);
      const parent = this.current;
      const named = this.#names.define('suite', definition.title, parent, true);
      const skip = parent.skip ?? skipOf(definition.options, variant);
      const passive = parent.passive || skip !== null || !this.#wanted.holds(named);
      const suite = { ...named, passive, skip };
      return passive ? this.#read(suite, definition) : this.#give(suite, definition, genuine);
    };
  }

  #give(defined: Defined, { title, options, body }: Definition, genuine: Call): unknown {
    if (!this.#given) {
      this.#given = true;
      this.#listeners.first();
    }
    if (defined.kind === 'test') this.given++;
    defined.parent!.children.push(defined);
    const marked = withMarks(options, this.#marks);
    return genuine(
      ...[title, ...(marked ? [this.#patient(marked)] : []), ...(body ? [this.#around(defined, body)] : [])],
    );
  }

  #around(defined: Defined, body: Body): Body {
    return around(body, ([context], call) => {
      if (defined.kind === 'test') {
        this.#listeners.running(defined);
        if (typeof context === 'object' && context !== null) this.#know(context, defined);
      }
      return this.#current.run(defined, call);
    });
  }

  /** Its tests are named, and nothing of it runs. */
  #read(suite: Defined, { title, body }: Definition): unknown {
    const context = { name: title, signal: new AbortController().signal };
    try {
      const result = body && this.#current.run(suite, () => body(context));
      // A body that is skipped need not be readable.
      if (result instanceof Promise) this.pending.push(suite.skip ? result.catch(() => {}) : result);
    } catch (error) {
      // It may be skipped because it cannot be read here.
      if (!suite.skip) throw error;
    }
    return Promise.resolve();
  }

  /** `t.test()` defines a sub-test of that very test, whoever calls it. */
  #know(context: object, test: Defined): void {
    this.#contexts.set(context, test);
    if (this.#patched) return;
    this.#patched = true;
    const prototype = Object.getPrototypeOf(context) as { test?: Call };
    const genuine = prototype.test;
    if (!genuine) return;
    const define = (parent: Defined, definition: Definition, call: Call) =>
      this.#define(
        this.#names.define('test', definition.title, parent, definition.body !== undefined),
        definition,
        call,
      );
    const parentOf = (context: object) => this.#contexts.get(context);
    prototype.test = function (this: object, ...args: unknown[]) {
      const parent = parentOf(this);
      if (!parent) return genuine.apply(this, args);
      return define(parent, readDefinition(args), (...given) => genuine.apply(this, given));
    };
  }
}

function skipOf(options: object | undefined, variant: string | undefined): Skip | null {
  const { skip } = (options ?? {}) as { skip?: unknown };
  if (typeof skip === 'string' && skip !== '') return { reason: skip };
  return skip || variant === 'skip' ? {} : null;
}
