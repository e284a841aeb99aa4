import { LabIcon } from '@jupyterlab/ui-components';

const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm2.5 4v1.8h3.2V7zm0 4v1.8h11V11zm5-4v1.8h6V7z"/>
</svg>`;

export const assistantIcon = new LabIcon({ name: 'assistant-magic:assistant', svgstr });
