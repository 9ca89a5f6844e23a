/**
 * Elements that a reader of a document does not see inside a word: `ada<mark>@</mark>x.com` is one address to a person
 * who looks at the page, and so is a name that an office document has cut into spans. Those that begin a paragraph, a cell
 * or a line are seen and end a word.
 */

/** What begins a line, a cell or a paragraph, or is white space: in HTML, in office documents and in tables of XML. */
const seen =
  'address|article|aside|blockquote|body|br|caption|cell|col|colgroup|cr|dd|details|dialog|dir|div|dl|dt|entry|fieldset|' +
  'figcaption|figure|footer|form|frameset|h|h[1-6]|head|header|hgroup|hr|html|item|lb|legend|li|line|line-break|list|' +
  'list-item|main|menu|nav|ol|optgroup|option|p|para|pre|row|search|section|select|summary|tab|table|table-cell|' +
  'table-row|tbl|tbody|tc|td|text:s|textarea|tfoot|th|thead|title|tr|ul';
/** Every other name is one that a word may hold, also one that a page or a format has made up. */
const name = `(?!(?:(?:[a-z][\\w.-]*:)?(?:${seen}))(?:[\\s/>]|\\\\*/>))[a-z][\\w:.-]*`;
/** Names of office documents: they cut a word without a thought. */
const inOffice = `(?=(?:text|w|a):)${name}`;
/** White space and attributes, quoted as they like. */
const attributes = '(?:\\s(?:[^<>"\']|"[^"]*"|\'[^\']*\')*)?';
/** A slash as JSON may write it. */
const slash = '\\\\*/';

const closing = `<${slash}${name}\\s*>`;
const opening = `<${name}${attributes}(?:${slash})?>`;
// Browsers take what begins like a declaration for a comment that ends at the next bracket.
const unseen =
  `<(?:${slash})?(?:wbr|${inOffice})${attributes}(?:${slash})?>|<!---?>|<!--[^]*?-->|<\\?[^>]*\\?>|` +
  '<!\\[CDATA\\[|\\]\\]>|</>|<!(?!--|\\[|ENTITY)[^<>]*>';

/** What stands in a reading for an element: three characters that no text may contain (noncharacters of Unicode). */
export const tagMarks = { closing: '\ufdd0', opening: '\ufdd1', unseen: '\ufdd2' } as const;

const anyTag = new RegExp(`(${unseen})|(${closing})|(${opening})`, 'gi');
const oneTag = new RegExp(`^(?:${closing}|${opening}|${unseen})$`, 'i');

/** Whether this is exactly one element that is not seen. */
export function isUnseenTag(text: string): boolean {
  return oneTag.test(text);
}

/** Every element of a text that is not seen, with the mark that stands for it. */
export function* tagsIn(text: string): Generator<{ start: number; end: number; mark: string }> {
  for (const match of text.matchAll(anyTag)) {
    const [all, unseenOne, closes] = match;
    const mark = unseenOne ? tagMarks.unseen : closes ? tagMarks.closing : tagMarks.opening;
    yield { start: match.index, end: match.index + all.length, mark };
  }
}
