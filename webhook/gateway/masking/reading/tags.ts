/**
 * Elements that a reader of a document does not see inside a word: `ada<mark>@</mark>x.com` is one address to a person
 * who looks at the page, and so is a name that an office document has cut into spans. Those that begin a paragraph, a cell
 * or a line are seen and end a word.
 */

const inHtml =
  'a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|nobr|q|rb|ruby|s|samp|small|span|strike|' +
  'strong|sub|sup|time|tt|u|var|tspan|textpath';
const inOffice =
  'text:(?:span|a|soft-page-break|bookmark[a-z-]*|reference-[a-z-]+|change[a-z-]*|ruby[a-z-]*|meta(?:-field)?)|' +
  '[wa]:(?!(?:p|tab|br|cr|tc|tr|tbl)[\\s/>])[a-z]+';
/** White space and attributes, quoted as they like. */
const attributes = '(?:\\s(?:[^<>"\']|"[^"]*"|\'[^\']*\')*)?';
/** A slash as JSON may write it. */
const slash = '\\\\*/';

const closing = `<${slash}(?:${inHtml})\\s*>`;
const opening = `<(?:${inHtml})${attributes}>`;
const unseen = `<(?:${slash})?(?:wbr|${inOffice})${attributes}(?:${slash})?>|<!--[^]*?-->|<\\?[^>]*\\?>|<!\\[CDATA\\[|\\]\\]>`;

/** What stands in a reading for an element: three characters that no text may contain (noncharacters of Unicode). */
export const tagMarks = { closing: '\ufdd0', opening: '\ufdd1', unseen: '\ufdd2' } as const;

const anyTag = new RegExp(`(${closing})|(${opening})|(${unseen})`, 'gi');
const oneTag = new RegExp(`^(?:${closing}|${opening}|${unseen})$`, 'i');

/** Whether this is exactly one element that is not seen. */
export function isUnseenTag(text: string): boolean {
  return oneTag.test(text);
}

/** Every element of a text that is not seen, with the mark that stands for it. */
export function* tagsIn(text: string): Generator<{ start: number; end: number; mark: string }> {
  for (const match of text.matchAll(anyTag)) {
    const [all, closes, opens] = match;
    const mark = closes ? tagMarks.closing : opens ? tagMarks.opening : tagMarks.unseen;
    yield { start: match.index, end: match.index + all.length, mark };
  }
}
