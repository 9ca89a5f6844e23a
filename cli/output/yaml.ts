/**
 * YAML, written and read. Load this file when it is needed, and no package by `import()`: a bundle has the words of a CommonJS
 * package for static imports only.
 */
import { parseAllDocuments, stringify } from 'yaml';
import { CannotTell } from '../command.ts';

/** A document as YAML, without aliases: each part can be read, and copied, where it stands. */
export function yamlOf(document: unknown): string {
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The one document of a text; `from` and `kind` say in a failure what was read, and what it must hold. */
export function oneDocument(text: string, from: string, kind: string): unknown {
  const documents = parseAllDocuments(text);
  const [document] = documents;
  if (!Array.isArray(documents) || document === undefined)
    throw new CannotTell(`${from} is empty and must hold one ${kind}; write one into it`);
  const rule = 'must hold one; put each into a file of its own';
  if (documents.length > 1) throw new CannotTell(`${from} holds ${documents.length} documents and ${rule}`);
  const [fault] = document.errors;
  if (fault !== undefined)
    throw new CannotTell(`${from} must be YAML or JSON; correct this: ${fault.message}`);
  try {
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch {
    throw new CannotTell(`${from} must have no aliases (*name); write out what they stand for`);
  }
}
