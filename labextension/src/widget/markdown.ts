import katexPlugin from '@vscode/markdown-it-katex';
import DOMPurify from 'dompurify';
import katex from 'katex';
import MarkdownIt from 'markdown-it';

// MathML needs no fonts and no style sheet.
const FORMULA = { output: 'mathml', throwOnError: false, trust: false, strict: 'ignore', maxExpand: 500 } as const;

// Raw HTML passes the parser, as the kernel writes <details> and <br>; what may stay is decided by the sanitiser.
const parser = new MarkdownIt({ html: true, linkify: false }).use(
  // It is a CommonJS module, which a bundler hands over whole.
  (katexPlugin as unknown as { default?: typeof katexPlugin }).default ?? katexPlugin,
  { ...FORMULA }
);
parser.disable('image');

const MATH =
  'math semantics mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle merror mpadded mphantom menclose ' +
  'msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mtd mlabeledtr';
const WORDS =
  'p br hr h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s del sub sup a span div details summary ' +
  'table thead tbody tfoot tr th td caption';
const ATTRIBUTES =
  'title start colspan rowspan open border display mathvariant stretchy fence separator lspace rspace ' +
  'columnalign rowalign columnspacing rowspacing columnlines rowlines accent accentunder linethickness width ' +
  'height depth voffset scriptlevel displaystyle minsize maxsize notation largeop movablelimits symmetric xmlns';

const purify = DOMPurify(window);
purify.addHook('afterSanitizeAttributes', node => {
  if (node.tagName === 'A') {
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer');
  }
});

/** Nodes of HTML in which nothing can act, whoever wrote it. */
export function cleanNodes(html: string): DocumentFragment {
  return purify.sanitize(html, {
    RETURN_DOM_FRAGMENT: true,
    ALLOWED_TAGS: `${WORDS} ${MATH}`.split(' '),
    ALLOWED_ATTR: ['href', ...ATTRIBUTES.split(' ')],
    // Of these no value is an address; without this, each would have to look like one.
    ADD_URI_SAFE_ATTR: ATTRIBUTES.split(' '),
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    // KaTeX keeps the source of a formula beside it.
    FORBID_CONTENTS: ['annotation', 'script', 'style', 'template', 'noscript', 'iframe', 'svg', 'xmp', 'title']
  });
}

/** Markdown as nodes in which nothing can act. */
export function markdownNodes(source: string): DocumentFragment {
  return cleanNodes(parser.render(source));
}

/** A LaTeX output, with or without its dollars, as a formula. */
export function latexNodes(source: string): DocumentFragment {
  const formula = source.trim().replace(/^\${1,2}([^]*?)\${1,2}$/, '$1');
  return cleanNodes(katex.renderToString(formula, { ...FORMULA, displayMode: true }));
}
