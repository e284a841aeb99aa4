// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { cleanNodes, latexNodes, markdownNodes } from './markdown';

const html = (nodes: DocumentFragment) => {
  const parent = document.createElement('div');
  parent.append(nodes);
  return parent.outerHTML;
};

describe('markdownNodes', () => {
  it('renders words, code, tables and formulas', () => {
    const found = html(markdownNodes('A **b** and $x^2$.\n\n```python\n1 < 2\n```\n\n| a |\n|---|\n| 1 |\n\n$$\\frac12$$'));
    expect(found).toContain('<strong>b</strong>');
    expect(found).toContain('1 &lt; 2');
    expect(found).toContain('<th>a</th>');
    expect(found).toContain('<msup><mi>x</mi><mn>2</mn></msup>');
    expect(found).toContain('<mfrac>');
    expect(found).not.toContain('annotation');
  });

  it('keeps the few tags that the kernel writes', () => {
    const found = html(markdownNodes('<details><summary>Reasoning</summary>\n\nIt is *so*.\n\n</details>\n\n<span>$</span>5'));
    expect(found).toContain('<details><summary>Reasoning</summary>');
    expect(found).toContain('<em>so</em>');
    expect(found).toContain('<span>$</span>5');
  });

  it('leaves nothing that acts or fetches', () => {
    const texts = [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '![x](https://evil.example/x.png)',
      '[x](javascript:alert(1))',
      '[x](data:text/html,y)',
      '<a href="java&#10;script:alert(1)">x</a>',
      '<div style="position:fixed" class="jp-Dialog" id="x" onclick="alert(1)">x</div>',
      '<form action="https://evil.example"><input><button formaction=x>y</button></form>',
      '<style>*{display:none}</style><link rel=stylesheet href=x><base href=x><meta http-equiv=refresh>',
      '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
      '$\\href{javascript:alert(1)}{x}$ $\\includegraphics{https://evil.example/x.png}$'
    ];
    for (const text of texts) {
      const nodes = markdownNodes(text);
      expect(nodes.querySelectorAll('script,style,img,form,input,button,link,base,meta,svg,iframe').length).toBe(0);
      for (const node of nodes.querySelectorAll('*')) {
        for (const { name, value } of node.attributes) {
          expect(/^on|^(style|class|id|src|xlink:href|action|formaction)$/.test(name)).toBe(false);
          expect(name === 'href' && !/^https?:|^mailto:/.test(value)).toBe(false);
        }
      }
    }
  });
});

describe('other forms', () => {
  it('shows a table of pandas and a formula of SymPy', () => {
    expect(html(cleanNodes('<table border="1"><tbody><tr><td>1</td></tr></tbody></table>'))).toContain('<td>1</td>');
    expect(html(latexNodes('$\\displaystyle x^{2}$'))).toContain('<msup>');
    expect(html(latexNodes('x'))).toContain('display="block"');
    expect(html(cleanNodes('<table border="1"><tbody><tr><td colspan="2">1</td></tr></tbody></table>'))).toContain('colspan="2"');
  });
});
