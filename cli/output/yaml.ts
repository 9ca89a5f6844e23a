/**
 * YAML, written and read. Load this file when it is needed, and no package by `import()`: a bundle has the words of a CommonJS
 * package for static imports only.
 */
import { Document, parseAllDocuments, visit } from 'yaml';
import { replaceUnsafe } from '../../crds/audit/clean-text.ts';
import { CannotTell } from '../command.ts';

/**
 * A document as YAML, without aliases: each part can be read, and copied, where it stands. What a terminal obeys or does not show
 * is written out, in double quotes, which alone have escapes. Read again it is the same.
 */
export function yamlOf(document: unknown): string {
  const written = new Document(document, { aliasDuplicateObjects: false });
  visit(written, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && writtenOut(scalar.value) !== scalar.value)
        scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return writtenOut(written.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: longestQuoted }));
}

/** A text in double quotes stays in one line. */
const longestQuoted = Number.MAX_SAFE_INTEGER;

const lineBreak = 0x0a;

/** Line breaks are YAML's own way of writing them. */
function writtenOut(text: string): string {
  return replaceUnsafe(text, (codePoint) => {
    if (codePoint === lineBreak) return '\n';
    const hex = codePoint.toString(16);
    return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
  });
}

/** The one document of a text; `from` and `kind` say in a failure what was read, and what it must hold. */
export function oneDocument(text: string, from: string, kind: string): unknown {
  const documents = documentsIn(text, from);
  if (documents.length === 0)
    throw new CannotTell(`${from} is empty and must hold one ${kind}; write one into it`);
  const rule = 'must hold one; put each into a file of its own';
  if (documents.length > 1) throw new CannotTell(`${from} holds ${documents.length} documents and ${rule}`);
  return documents[0];
}

/** Every document of a text. */
export function documentsIn(text: string, from: string): unknown[] {
  return parseAllDocuments(text).map((document) => {
    const [fault] = document.errors;
    if (fault !== undefined)
      throw new CannotTell(`${from} must be YAML or JSON; correct this: ${fault.message}`);
    try {
      return document.toJS({ maxAliasCount: 0 }) as unknown;
    } catch {
      throw new CannotTell(`${from} must have no aliases (*name); write out what they stand for`);
    }
  });
}
