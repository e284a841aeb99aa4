import { element } from './elements';

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** A prompt as it was written; what stands between fences as code. */
export function promptNodes(text: string): HTMLElement[] {
  const nodes: HTMLElement[] = [];
  let lines: string[] = [];
  let marks = '';
  const close = (isCode: boolean) => {
    const part = lines.join('\n').replace(/^\n+|\s+$/g, '');
    if (part) {
      nodes.push(isCode ? element('pre', { class: 'prompt-code' }, part) : element('p', {}, part));
    }
    lines = [];
  };
  for (const line of text.split('\n')) {
    const fence = FENCE.exec(line)?.[1] ?? '';
    if (marks ? fence.startsWith(marks) && line.trim() === fence : fence) {
      close(Boolean(marks));
      marks = marks ? '' : fence;
    } else {
      lines.push(line);
    }
  }
  close(Boolean(marks));
  return nodes;
}
