import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ISignal, Signal } from '@lumino/signaling';
import type { Words } from '../view/words';

/** What a person can choose in the settings editor; see schema/notebooks.json. */
export interface Choices {
  readonly explainErrors: boolean;
  readonly highlightPrompts: boolean;
  readonly loadIntoKernels: boolean;
}

/** The person's choices, also where the application has no settings. */
export class Preferences {
  get now(): Choices {
    return this._now;
  }

  /** Something else was chosen. */
  get changed(): ISignal<this, Choices> {
    return this._changed;
  }

  /** Take the choices from the registry, now and whenever they change. */
  async follow(registry: ISettingRegistry, plugin: string, words: Words): Promise<void> {
    translateSchema(registry, plugin, words);
    const settings = await registry.load(plugin);
    const read = () => {
      this._now = settings.composite as unknown as Choices;
      this._changed.emit(this._now);
    };
    settings.changed.connect(read);
    read();
  }

  private _now: Choices = { explainErrors: true, highlightPrompts: true, loadIntoKernels: false };
  private readonly _changed = new Signal<this, Choices>(this);
}

/** The server translates only schemas of JupyterLab's own language packs. */
function translateSchema(registry: ISettingRegistry, id: string, words: Words): void {
  const texts: Record<string, { title: string; description: string }> = {
    explainErrors: {
      title: words('A button below errors'),
      description: words('Offers to have the error of a cell explained and fixed.')
    },
    highlightPrompts: {
      title: words('Questions as Markdown'),
      description: words('Shows cells that start with %1 as the Markdown they are.', '%%assistant')
    },
    loadIntoKernels: {
      title: words('Load the assistant into every Python kernel'),
      description: words(
        'Makes %load_ext assistant_magic unnecessary on this computer. Others who open the notebook still need it.'
      )
    }
  };
  registry.transform(id, {
    fetch: plugin => {
      const { properties = {} } = plugin.schema;
      for (const [name, text] of Object.entries(texts)) {
        Object.assign(properties[name] ?? {}, text);
      }
      return {
        ...plugin,
        schema: {
          ...plugin.schema,
          title: words('Assistant'),
          description: words('What the assistant shows in notebooks'),
          properties
        }
      };
    }
  });
}
