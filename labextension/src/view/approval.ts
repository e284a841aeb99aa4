import { button, element, fitHeight } from './elements';
import type { Asked, Choice } from './messages';
import type { Words } from './words';

let count = 0;

/** The question whether a tool call may run, with its code to change and buttons to answer. */
export class ApprovalCard {
  constructor(question: Asked, words: Words, choose: (choice: Choice) => void) {
    this._question = question;
    this._choose = choose;
    const heading = element('div', { class: 'approval-heading' }, headline(question, words));
    heading.id = `jp-AssistantMagic-approval-${++count}`;
    this._code = element('textarea', { class: 'code', label: words('The code that would run') });
    this._code.value = question.code;
    this._code.readOnly = question.editable === false;
    this._code.spellcheck = false;
    fitHeight(this._code, 2, 16);
    this._code.addEventListener('input', () => fitHeight(this._code, 2, 16));
    this._word = element('input', { class: 'word', label: words('Why not: a word to the model') });
    this._word.placeholder = words('Why not? (optional)');
    this.node = element('div', { class: 'approval', role: 'group' }, heading);
    this.node.setAttribute('aria-labelledby', heading.id);
    // Keys belong to the card, not to the notebook around it.
    this.node.tabIndex = -1;
    this.node.dataset.lmSuppressShortcuts = 'true';
    if (question.findings?.length) {
      const findings = question.findings.slice(0, 8).map(line => element('li', {}, line));
      this.node.append(element('ul', { class: 'findings' }, ...findings));
    }
    this.node.append(this._code, this._row(words));
    this.node.addEventListener('keydown', event => this._onKey(event));
  }

  readonly node: HTMLDivElement;

  focus(): void {
    // Not a button: an Enter meant for something else must not run code.
    this.node.focus({ preventScroll: true });
  }

  private _row(words: Words): HTMLElement {
    return element(
      'div',
      { class: 'row' },
      button(words('Run'), () => this._answer('run'), { class: 'primary' }),
      button(words('Always in this thread'), () => this._answer('always')),
      button(words("Don't run"), () => this._answer('no')),
      this._word,
      button(words('Stop'), () => this._answer('stop'), { class: 'last' })
    );
  }

  private _onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      this._answer('run');
    } else if (event.key === 'Enter' && event.target === this._word) {
      this._answer('no');
    }
  }

  private _answer(choice: Choice['choice']): void {
    this.node.querySelectorAll('button').forEach(one => (one.disabled = true));
    const { call_id } = this._question;
    this._choose({ type: 'choice', call_id, choice, code: this._code.value, word: this._word.value });
  }

  private readonly _question: Asked;
  private readonly _choose: (choice: Choice) => void;
  private readonly _code: HTMLTextAreaElement;
  private readonly _word: HTMLInputElement;
}

function headline(question: Asked, words: Words): string {
  const places: Record<string, string> = {
    live: words('in your kernel'),
    isolated: words('in an isolated kernel'),
    e2b: words('in an E2B sandbox')
  };
  if (question.place === 'provider') {
    return words('Let the provider call %1 with these arguments?', question.tool);
  }
  return words('Run this code %1?', places[question.place] ?? question.place);
}
