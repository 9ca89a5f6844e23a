/**
 * Which documents are refused before a single tag is read, and what a run of text means. Must not know SAML.
 * Comments, CDATA and entities are where XML readers disagree with each other (ruby-saml 2025, CVE-2025-29775);
 * a document that has none leaves nothing to disagree about.
 */
import { type Invalid, invalid, type SamlResult, valid } from '../result.ts';

const xmlDeclaration =
  /^<\?xml version=(?:"1\.0"|'1\.0')(?: encoding=(?:"(?:UTF|utf)-8"|'(?:UTF|utf)-8'))?(?: standalone=(?:"(?:yes|no)"|'(?:yes|no)'))? ?\?>/;

/** Control characters but tab, LF and CR; lone surrogates; the two non-characters that XML forbids. */
const forbiddenCharacter = /[^\t\n\r\P{Cc}]|[\p{Cs}\uFFFE\uFFFF]/u;
const forbiddenReference = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)/;
const reference = /&[#A-Za-z0-9]{1,9};/g;

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Where the first tag may begin, or why the document is refused. One pass per rule, no backtracking. */
export function lexicalCheck(source: string): SamlResult<number> {
  if (forbiddenCharacter.test(source)) return invalid('saml.xml_control_character');

  const start = xmlDeclaration.exec(source)?.[0].length ?? 0;
  return markupProblem(source, start) ?? valid(start);
}

function markupProblem(source: string, start: number): Invalid | undefined {
  if (source.includes('<!')) return invalid('saml.xml_declaration');

  if (source.includes('<?', start)) return invalid('saml.xml_instruction');

  if (source.includes(']]>')) return invalid('saml.xml_cdata_end');

  if (forbiddenReference.test(source)) return invalid('saml.xml_entity');

  return undefined;
}

/** The characters that a run of text stands for; a reference to a character that may not stand there itself is refused. */
export function decodeText(raw: string): SamlResult<string> {
  // XML 1.0, 2.11: a line ends in one way, however it was written; what a reference stands for stays as it is.
  const plain = raw.includes('\r') ? raw.replaceAll(/\r\n?/g, '\n') : raw;
  if (!plain.includes('&')) return valid(plain);

  let legal = true;
  const text = plain.replace(reference, (spelling) => {
    const character = characterOf(spelling.slice(1, -1));
    legal &&= character !== undefined;
    return character ?? '';
  });
  return legal ? valid(text) : invalid('saml.xml_entity');
}

function characterOf(name: string): string | undefined {
  if (!name.startsWith('#')) return named[name];

  const codePoint = name.startsWith('#x') ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  if (Number.isNaN(codePoint) || codePoint > 0x10ffff) return undefined;

  const character = String.fromCodePoint(codePoint);
  return forbiddenCharacter.test(character) ? undefined : character;
}
