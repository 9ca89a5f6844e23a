/** Puts values back into what a person sends in place of them: an address, a form, JSON, a text. */

import { dataClasses } from './classes/index.ts';
import { sealedDomain } from './classes/sealed-domain.ts';
import { contentTypeOf } from './content-type.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { labelOf } from './writing.ts';

/** The words for classes that masks and pseudonyms begin with. */
export const labels: readonly string[] = [...dataClasses.map(labelOf), 'field', 'value'];

const sealed = new RegExp(
  `(?:${labels.join('|')})-[0-9a-f]{4,16}\\.([\\w-]{38,4096})(?:(?:@|%40|\\\\u0040)${sealedDomain.replace('.', '\\.')}|\\.hidden)`,
  'g',
);

/** Largest body into which values are put back. */
export const largestRestored = 1024 * 1024;

export interface PutBack {
  readonly text: string;
  /** Whether a value was put back. */
  readonly changed: boolean;
}

/** How a value is written where it is put back. */
type Encode = (value: string) => string;

/** Puts back what was sealed; what no gateway sealed for this session stays, and is refused as a mask. */
function restored(text: string, { open }: Pick<Pseudonyms, 'open'>, encode: Encode): PutBack {
  let changed = false;
  const put = text.replaceAll(sealed, (whole, one: string) => {
    const value = open(one);
    if (value === undefined) return whole;
    changed = true;
    return encode(value);
  });
  return { text: put, changed };
}

/** In the path and the query of an address each value is one piece: no mark in it parts anything. */
export function restoredAddress(address: string, pseudonyms: Pick<Pseudonyms, 'open'>): PutBack {
  const query = address.indexOf('?');
  const path = query < 0 ? address : address.slice(0, query);
  const inPath = restored(path, pseudonyms, (value) => encodeURIComponent(value).replaceAll('%40', '@'));
  const inQuery = restored(query < 0 ? '' : address.slice(query), pseudonyms, encodeURIComponent);
  return { text: inPath.text + inQuery.text, changed: inPath.changed || inQuery.changed };
}

const asJson: Encode = (value) => JSON.stringify(value).slice(1, -1);
const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const asMarkup: Encode = (value) => value.replaceAll(/[&<>"']/g, (mark) => references[mark] ?? mark);
const asItIs: Encode = (value) => value;

/** How values are written in a body of this type; undefined for types into which none is put. */
function encodingOf(type: string): Encode | undefined {
  if (type === 'application/x-www-form-urlencoded') return encodeURIComponent;
  if (type === 'application/json' || type.endsWith('+json') || type === 'application/x-ndjson') return asJson;
  if (type === 'application/xml' || type === 'text/xml' || type.endsWith('+xml')) return asMarkup;
  return type === 'multipart/form-data' || type === 'text/plain' ? asItIs : undefined;
}

/** Whether values are put back into a body of this type. */
export function isRestorable(contentType: string | undefined): boolean {
  return encodingOf(contentTypeOf(contentType).name) !== undefined;
}

/** A body with the values put back. */
export function restoredBody(
  body: Buffer,
  contentType: string | undefined,
  pseudonyms: Pick<Pseudonyms, 'open'>,
): Buffer {
  const encode = encodingOf(contentTypeOf(contentType).name);
  if (encode === undefined) return body;
  const { text, changed } = restored(body.toString('latin1'), pseudonyms, (value) =>
    Buffer.from(encode(value), 'utf8').toString('latin1'),
  );
  return changed ? Buffer.from(text, 'latin1') : body;
}

/** A message of a WebSocket: JSON, or a text. */
export function restoredMessage(payload: Buffer, pseudonyms: Pick<Pseudonyms, 'open'>): Buffer {
  const isJson = /^\s*[[{"]/.test(payload.toString('latin1', 0, 64));
  return restoredBody(payload, isJson ? 'application/json' : 'text/plain', pseudonyms);
}
