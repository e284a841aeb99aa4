type Child = Node | string;

interface Options {
  class?: string;
  title?: string;
  role?: string;
  label?: string;
}

/** A new element with a class of ours, a name for screen readers, and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: Options = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (options.class) {
    made.className = options.class
      .split(' ')
      .map(name => `jp-AssistantMagic-${name}`)
      .join(' ');
  }
  if (options.title) {
    made.title = options.title;
  }
  if (options.role) {
    made.setAttribute('role', options.role);
  }
  if (options.label) {
    made.setAttribute('aria-label', options.label);
  }
  made.append(...children);
  return made;
}

/** A button with words on it. */
export function button(words: string, act: () => void, options: Options = {}): HTMLButtonElement {
  const made = element('button', { ...options, class: `button ${options.class ?? ''}`.trim() }, words);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

/** Lets a text box be as high as its text, between two limits. */
export function fitHeight(box: HTMLTextAreaElement, least: number, most: number): void {
  const lines = box.value.split('\n').length;
  box.rows = Math.max(least, Math.min(most, lines));
}
