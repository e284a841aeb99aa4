/**
 * Puts elements that are on the page in the place of those of `now` that say the same.
 *
 * What a page has done to an element since it was rendered stays then: formulas are typeset once. `was` is what
 * `live` was rendered as, before that.
 */
export function keepSame(live: Element, was: Element, now: Element): void {
  const [standing, rendered] = [[...live.children], [...was.children]];
  if (standing.length !== rendered.length) {
    return; // the page added something: nobody knows what belongs to what
  }
  [...now.children].forEach((child, i) => {
    if (rendered[i]?.isEqualNode(child)) {
      child.replaceWith(standing[i]);
    } else if (rendered[i]?.tagName === child.tagName) {
      keepSame(standing[i], rendered[i], child);
    }
  });
}
