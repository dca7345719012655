export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type Child = Node | string | null | undefined | false;
type Part = Attributes | Child;

/**
 * Builds an element: `span.count` is its name and its classes, and what follows are attributes and children. Text is only ever
 * text. An attribute that is `true` stands without a value, `false` and `null` not at all.
 */
export function el<K extends keyof HTMLElementTagNameMap>(
  what: K | `${K}.${string}`,
  ...parts: readonly Part[]
): HTMLElementTagNameMap[K] {
  const [name, ...classes] = what.split('.');
  return furnish(document.createElement(name as K), classes, parts);
}

export function svg<K extends keyof SVGElementTagNameMap>(
  what: K | `${K}.${string}`,
  ...parts: readonly Part[]
): SVGElementTagNameMap[K] {
  const [name, ...classes] = what.split('.');
  return furnish(document.createElementNS('http://www.w3.org/2000/svg', name as K), classes, parts);
}

export function button(
  what: 'button' | `button.${string}`,
  onClick: (event: MouseEvent) => void,
  ...parts: readonly Part[]
): HTMLButtonElement {
  const made = el(what, { type: 'button' }, ...parts);
  made.addEventListener('click', onClick);
  return made;
}

export function muted(text: string): HTMLElement {
  return el('p.muted', text);
}

/** A text that keeps its lines and may be longer than its box: the keyboard can scroll it. */
export function pre(what: 'pre' | `pre.${string}`, label: string, ...parts: readonly Child[]): HTMLElement {
  return el(what, { tabindex: 0, 'aria-label': label }, ...parts);
}

function furnish<E extends Element>(element: E, classes: readonly string[], parts: readonly Part[]): E {
  if (classes.length > 0) element.classList.add(...classes);
  for (const part of parts) {
    if (typeof part === 'string' || part instanceof Node) element.append(part);
    else if (part) for (const [name, value] of Object.entries(part)) furnishWith(element, name, value);
  }
  return element;
}

function furnishWith(element: Element, name: string, value: Attributes[string]): void {
  if (value != null && value !== false) element.setAttribute(name, value === true ? '' : String(value));
}

/** Leaves the page alone where nothing changed: a live region would speak again, and the layout be made anew. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
