import type { GrowingTexts } from './growing';
import type { Host } from './host';

/** What a chat below a cell finds around it. */
export interface Surroundings {
  host: Host;
  /** The words that grow in what the host mounts. */
  texts: GrowingTexts;
}

type Surround = (node: HTMLElement) => Surroundings | null;

/** Under this name our extension of JupyterLab offers the notebook's renderers to the widget, a bundle of its own. */
const NAME = Symbol.for('assistant-magic:surroundings');
const page = globalThis as unknown as Record<symbol, Surround | undefined>;

/** Say what surrounds a node of this page. */
export function offerSurroundings(surround: Surround): void {
  page[NAME] = surround;
}

/** What surrounds a node, where an application says so. */
export function surroundingsOf(node: HTMLElement): Surroundings | null {
  return page[NAME]?.(node) ?? null;
}
