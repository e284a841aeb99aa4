import type { AnyModel, RenderProps } from '@anywidget/types';
import { ChatView } from '../view/chat';
import { element } from '../view/elements';
import { GrowingTexts } from '../view/growing';
import type { FromPage, ToPage } from '../view/messages';
import { Surroundings, surroundingsOf } from '../view/surroundings';
import { plainHost } from './host';

/** The traits of `ChatWidget` that the page reads. */
interface Traits {
  thread_id: string;
  height: string;
}

/** Milliseconds after which a kernel that says nothing is taken for one that is not there. */
const PATIENCE = 5000;

/** A chat below a cell: shows what the kernel says, and says plainly when there is no kernel. */
class ChatBelow {
  constructor(model: AnyModel<Traits>, el: HTMLElement, surroundings: Surroundings) {
    this._model = model;
    this._texts = surroundings.texts;
    this._chat = new ChatView(surroundings.host, message => this._send(message));
    this._silence = element('div', { class: 'silence', role: 'status' });
    this._silence.hidden = true;
    const { words } = surroundings.host;
    this._silence.textContent = words(
      'The kernel does not answer. If it is not busy, run this cell again: the conversation is kept in thread %1.',
      model.get('thread_id')
    );
    el.classList.add('jp-AssistantMagic-widget');
    el.classList.toggle('jp-AssistantMagic-bare', !getComputedStyle(el).getPropertyValue('--jp-layout-color1'));
    el.append(this._silence, this._chat.node);
    model.on('msg:custom', this._hear);
    model.on('change:height', this._fit);
    this._fit();
    this._send({ type: 'hello' });
    this._send({ type: 'follow' });
  }

  dispose(): void {
    this._model.send({ type: 'leave' } satisfies FromPage);
    clearTimeout(this._timer);
    this._model.off('msg:custom', this._hear);
    this._model.off('change:height', this._fit);
    this._chat.dispose();
  }

  private readonly _hear = (message: ToPage): void => {
    clearTimeout(this._timer);
    this._timer = undefined;
    this._silence.hidden = true;
    if (message.type === 'grown') {
      this._texts.take(message, key => this._send({ type: 'resend', key }));
    } else if (message.type === 'called') {
      this._send({ type: 'hello' });
    }
    this._chat.take(message);
  };

  private readonly _fit = (): void => {
    this._chat.node.style.maxHeight = this._model.get('height');
  };

  private _send(message: FromPage): void {
    this._model.send(message);
    this._timer ??= setTimeout(() => {
      this._timer = undefined;
      this._silence.hidden = false;
      if (message.type === 'ask') {
        this._chat.write(message.text);
      }
    }, PATIENCE);
  }

  private readonly _model: AnyModel<Traits>;
  private readonly _texts: GrowingTexts;
  private readonly _chat: ChatView;
  private readonly _silence: HTMLElement;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

/** Resolves when a node is in the document; where it is decides who renders its answers. */
async function attached(node: HTMLElement, signal: AbortSignal | undefined): Promise<boolean> {
  while (!node.isConnected && !signal?.aborted) {
    await new Promise(resolve => setTimeout(resolve, 30));
  }
  return node.isConnected;
}

function render({ model, el, signal }: RenderProps<Traits>): () => void {
  let chat: ChatBelow | undefined;
  let isGone = false;
  void attached(el, signal).then(isThere => {
    if (isThere && !isGone) {
      const texts = new GrowingTexts();
      chat = new ChatBelow(model, el, surroundingsOf(el) ?? { host: plainHost(texts), texts });
    }
  });
  return () => {
    isGone = true;
    chat?.dispose();
  };
}

export default { render };
