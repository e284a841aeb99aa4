import type { ISessionContext } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import type { FromPage, ToPage } from '../view/messages';

const TARGET = 'assistant_magic';

/**
 * The line between one notebook on this page and its kernel; see assistant_magic/views/line.py.
 *
 * `loads` says whether our extension is loaded into kernels without being asked for.
 */
export class NotebookLine implements IDisposable {
  constructor(panel: NotebookPanel, loads: () => boolean) {
    this.panel = panel;
    this._loads = loads;
    const context = panel.sessionContext;
    context.kernelChanged.connect(this._onKernel, this);
    context.statusChanged.connect(this._onStatus, this);
    panel.disposed.connect(() => this.dispose());
    void context.ready.then(() => this._connect());
  }

  readonly panel: NotebookPanel;

  /** What the kernel says. */
  get said(): ISignal<this, ToPage> {
    return this._said;
  }

  /** The line was opened or lost. */
  get changed(): ISignal<this, boolean> {
    return this._changed;
  }

  /** The kernel has our extension and has answered. */
  get isOpen(): boolean {
    return this._isOpen;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  send(message: FromPage): void {
    if (this._comm && !this._comm.isDisposed) {
      this._comm.send({ ...message } as unknown as JSONObject);
    }
  }

  /** Load our extension into the kernel, as `%load_ext` does; what went wrong, or nothing. */
  async load(): Promise<string> {
    const code = 'import assistant_magic; assistant_magic.load_ipython_extension(get_ipython())';
    const kernel = this.panel.sessionContext.session?.kernel;
    const reply = await kernel?.requestExecute({ code, store_history: false }).done;
    return reply?.content.status === 'error' ? `${reply.content.ename}: ${reply.content.evalue}` : '';
  }

  /** Resolves when the line is open, or cannot be; loads our extension into the kernel if need be. */
  async opened(): Promise<void> {
    if (!this._isOpen) {
      const open = new Promise<void>(resolve => this._changed.connect((_, isOpen) => isOpen && resolve()));
      if (!(await this.load())) {
        await open;
      }
    }
  }

  /** Load our extension if that is wanted in every kernel, and this one speaks Python. */
  async loadIfWanted(): Promise<void> {
    const kernel = this.panel.sessionContext.session?.kernel;
    if (kernel && !this._comm && this._loads() && (await kernel.info).language_info.name === 'python') {
      await this.load();
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._lose();
      Signal.clearData(this);
    }
  }

  private _onKernel(): void {
    this._lose();
    void this._connect();
  }

  private _onStatus(_: ISessionContext, status: Kernel.Status): void {
    if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
      this._lose();
      this._isAnew = true;
    } else if (status === 'idle' && this._isAnew) {
      this._isAnew = false;
      void this.loadIfWanted();
    }
  }

  private async _connect(): Promise<void> {
    const kernel = this.panel.isDisposed ? null : this.panel.sessionContext.session?.kernel;
    if (!kernel) {
      return;
    }
    // Not awaited: the kernel's next message, which starts the subshell, is handled when this returns.
    kernel.registerCommTarget(TARGET, comm => void this._take(kernel, comm));
    // After a reload of the page the kernel's comm is still there.
    const reply = await kernel.requestCommInfo({ target_name: TARGET });
    const id = 'comms' in reply.content ? Object.keys(reply.content.comms)[0] : undefined;
    if (id && !this._comm && !kernel.hasComm(id) && !this._isDisposed) {
      await this._take(kernel, kernel.createComm(TARGET, id));
    } else {
      await this.loadIfWanted();
    }
  }

  private async _take(kernel: Kernel.IKernelConnection, comm: Kernel.IComm): Promise<void> {
    this._comm = comm;
    comm.onMsg = message => this._hear(message);
    comm.onClose = () => this._lose();
    // Before that, what is said waits behind the running cell; older JupyterLabs have no subshells.
    await (comm as { subshellStarted?: Promise<void> }).subshellStarted;
    this.send({ type: 'hello', hears_busy: kernel.supportsSubshells });
  }

  private _hear(message: KernelMessage.ICommMsgMsg): void {
    const said = message.content.data as unknown as ToPage;
    if (said.type === 'welcome') {
      this._isOpen = true;
      this._changed.emit(true);
    }
    this._said.emit(said);
  }

  private _lose(): void {
    this._comm = null;
    if (this._isOpen) {
      this._isOpen = false;
      this._changed.emit(false);
    }
  }

  private readonly _loads: () => boolean;
  private _comm: Kernel.IComm | null = null;
  private _isAnew = false;
  private _isOpen = false;
  private _isDisposed = false;
  private readonly _said = new Signal<this, ToPage>(this);
  private readonly _changed = new Signal<this, boolean>(this);
}
