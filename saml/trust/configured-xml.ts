/**
 * What does XML say that an administrator pasted? Takes away what has no meaning in it and what tools put there all the same (a
 * byte order mark, comments, instructions, line ends of another system), so that the strict scanner can read the rest. Only for
 * what a policy says: what a browser posts is read as it is, or refused.
 */
import type { Result } from '../result.ts';
import type { Flaw } from './pinned-certificate.ts';

/** A byte order mark, as it is and as it looks where the file was read in another encoding. */
const byteOrderMark = /^(?:\uFEFF|\u00EF\u00BB\u00BF)/;
const wholeTag = /<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/y;
const declaredXml =
  / xmlns:xml=(?:"http:\/\/www\.w3\.org\/XML\/1998\/namespace"|'http:\/\/www\.w3\.org\/XML\/1998\/namespace')/g;

const asExported = 'paste the metadata as the identity provider exports it';

/** The same document in the one spelling that the scanner takes; its work grows with the text, and no faster. */
export function plainXml(pasted: string): Result<string, Flaw> {
  const text = pasted.trim().replace(byteOrderMark, '').replaceAll(/\r\n?/g, '\n').trim();
  const other = notMetadata(text);
  if (other !== undefined) return { ok: false, ...other };

  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('<', at);
    if (start === -1) {
      parts.push(text.slice(at));
      break;
    }
    const markup = markupAt(text, start);
    if (markup === undefined) return { ok: false, ...unfinished(text, start) };

    parts.push(text.slice(at, start), markup.means);
    at = markup.end;
  }
  return { ok: true, value: parts.join('') };
}

/** What people paste by mistake, told apart from broken XML. */
function notMetadata(text: string): Flaw | undefined {
  const rule = 'must be the XML of the metadata, and';
  if (/^https?:\/\/\S+$/.test(text))
    return { rule: `${rule} is an address`, fix: 'open the address, and paste what it shows' };

  if (!text.startsWith('<')) return { rule: `${rule} begins with other text`, fix: asExported };

  if (/^<(?:!doctype\s+)?html\b/i.test(text)) {
    const fix = 'sign in at the identity provider, and save its metadata as a file';
    return { rule: `${rule} is a web page`, fix };
  }
  return undefined;
}

function unfinished(text: string, start: number): Flaw {
  if (/^<!DOCTYPE/i.test(text.slice(start, start + 10)))
    return { rule: 'must not have a document type', fix: 'remove the lines from <!DOCTYPE to its >' };
  const line = text.slice(0, start).split('\n').length;
  return { rule: `must be whole XML, and has a tag in line ${line} that does not end`, fix: asExported };
}

interface Markup {
  /** What stands for it in the plain spelling. */
  readonly means: string;
  readonly end: number;
}

function markupAt(text: string, start: number): Markup | undefined {
  if (text.startsWith('<!--', start)) return upTo(text, start + 4, '-->');
  if (text.startsWith('<?', start)) return upTo(text, start + 2, '?>');
  if (text.startsWith('<![CDATA[', start)) {
    const section = upTo(text, start + 9, ']]>');
    return section && { ...section, means: escaped(text.slice(start + 9, section.end - 3)) };
  }
  wholeTag.lastIndex = start;
  const tag = wholeTag.exec(text)?.[0];
  if (tag === undefined) return undefined;
  // XML 1.0, 3.3.3: a line end in the value of an attribute is a space. The prefix xml needs no declaration.
  const means = tag.replaceAll(/[\t\n]/g, ' ').replaceAll(declaredXml, '');
  return { means, end: start + tag.length };
}

function upTo(text: string, from: number, ending: string): Markup | undefined {
  const at = text.indexOf(ending, from);
  return at === -1 ? undefined : { means: '', end: at + ending.length };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
