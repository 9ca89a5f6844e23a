/**
 * Puts values back into what a person sends in place of them: an address, a form, JSON, a text. All of them or none: what was
 * sealed stays where a value would be shown, or would bring marks with it, and is refused as a mask then.
 */

import { dataClasses } from './classes/index.ts';
import { sealedDomain } from './classes/sealed-domain.ts';
import { contentTypeOf } from './content-type.ts';
import { formEncoded, type HiddenAgain, sign } from './hidden-again.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import {
  type FieldsIn,
  fieldsThatDiffer,
  jsonTextsIn,
  markupIn,
  parametersIn,
  partsIn,
  type Sent,
  type SentField,
  segmentsIn,
  wholeText,
} from './sent-fields.ts';
import { labelOf } from './writing.ts';

/** The words for classes that masks and pseudonyms begin with. */
export const labels: readonly string[] = [...dataClasses.map(labelOf), 'field', 'value'];

const sealed = new RegExp(
  `(?:${labels.join('|')})-[0-9a-f]{4,16}\\.([\\w-]{38,4096})(?:(?:@|%40|\\\\u0040)${sealedDomain.replace('.', '\\.')}|\\.hidden)`,
  'g',
);

/** Largest body into which values are put back. */
export const largestRestored = 1024 * 1024;

/** Most fields of one body in which values stand inside of other texts. */
const mostInside = 500;

/** Opens what stands in place of values for a session, and tells whether they would be hidden again. */
export interface SealedValues extends Pick<Pseudonyms, 'open'> {
  readonly hiddenAgain: HiddenAgain;
}

export interface PutBack {
  readonly text: string;
  /** Whether a value was put back. */
  readonly changed: boolean;
}

/** How a value is written where it is put back. */
type Encode = (value: string) => string;

/** How values stand in one kind of text. */
interface Written {
  readonly encode: Encode;
  readonly fieldsIn: FieldsIn;
  /** Where all of it tells more of a field than its name does. */
  readonly type?: string;
}

/** What no gateway sealed for this session stays. Undefined where nothing else is sealed in it. */
function opened(text: string, { open }: SealedValues, encode: Encode): Sent | undefined {
  let [put, stood, copied] = ['', '', 0];
  for (const { 0: whole, 1: one = '', index } of text.matchAll(sealed)) {
    const value = open(one);
    if (value === undefined) continue;
    const between = text.slice(copied, index);
    put += between + encode(value);
    stood += between + sign;
    copied = index + whole.length;
  }
  const rest = text.slice(copied);
  return copied === 0 ? undefined : { sent: text, put: put + rest, stood: stood + rest };
}

/** Whether no value would be shown, or mean something where it stands. */
function isHiddenAgain(sent: Sent, by: SealedValues, { fieldsIn, type }: Written): boolean {
  const { hiddenAgain } = by;
  const fields = fieldsThatDiffer(fieldsIn, sent);
  if (fields === undefined) return false;
  const inside = fields.filter((field) => !wholeSealed.test(field.sent));
  if (inside.length > mostInside || !inside.every((field) => mayStandInside(field, by))) return false;
  const whole = fields.filter((field) => wholeSealed.test(field.sent));
  const byPlace = (some: readonly SentField[]): boolean =>
    some.length === 0 || (type === undefined ? hiddenAgain.inFields(some) : hiddenAgain.inBody(type, sent));
  if (byPlace(whole)) return true;
  if (whole.length > mostInside) return false;
  const others = whole.filter(({ put }) => !hiddenAgain.byItself(put));
  return others.length < whole.length && byPlace(others);
}

/** A plus is written before numbers of telephones, and is no part of what was sealed. */
const wholeSealed = new RegExp(`^\\+?${sealed.source}$`);

/** Marks with a meaning to no one: in SQL, GraphQL, HTML or an address inside of a text a value stays one word of it. */
const withoutMarks = /^(?:[\p{L}\p{M}\p{N} @_+()-]|\.(?!\.)|(?<=\d ?)\/(?= ?\d))*$/u;

/** Only what is hidden whatever stands around it, and not where that makes another value of it. */
function mayStandInside(field: SentField, { open, hiddenAgain }: SealedValues): boolean {
  const values = [...field.sent.matchAll(sealed)].map(({ 1: one = '', index }) => {
    const value = open(one) ?? '';
    return field.sent[index - 1] === '+' ? [value, `+${value}`] : [value];
  });
  const isOneWord = values.every(
    (forms) => withoutMarks.test(forms[0] ?? '') && forms.some((form) => hiddenAgain.byItself(form)),
  );
  return isOneWord && hiddenAgain.inText(field);
}

const inPath: Written = {
  encode: (value) => encodeURIComponent(value).replaceAll('%40', '@'),
  fieldsIn: segmentsIn,
};
const inQuery: Written = { encode: formEncoded, fieldsIn: parametersIn('&') };
const inCookie: Written = { encode: encodeURIComponent, fieldsIn: parametersIn(';') };

/** In the path and the query of an address each value is one piece: no mark in it parts anything. */
export function restoredAddress(address: string, by: SealedValues): PutBack {
  const query = address.indexOf('?');
  const path = query < 0 ? address : address.slice(0, query);
  const inOnes = restoredText(path, by, inPath);
  if (query < 0) return inOnes;
  const inOthers = restoredText(address.slice(query + 1), by, inQuery);
  return { text: `${inOnes.text}?${inOthers.text}`, changed: inOnes.changed || inOthers.changed };
}

/** In a line of cookies. */
export function restoredCookies(cookies: string, by: SealedValues): string {
  return restoredText(cookies, by, inCookie).text;
}

function restoredText(text: string, by: SealedValues, written: Written): PutBack {
  const sent = opened(text, by, written.encode);
  const changed = sent !== undefined && isHiddenAgain(sent, by, written);
  return { text: changed ? sent.put : text, changed };
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
function writtenIn(type: string): Written | undefined {
  if (type === 'application/x-www-form-urlencoded') return inQuery;
  if (type === 'application/json' || type.endsWith('+json') || type === 'application/x-ndjson')
    return { encode: asJson, fieldsIn: jsonTextsIn, type: 'application/json' };
  if (type === 'application/xml' || type === 'text/xml' || type.endsWith('+xml'))
    return { encode: asMarkup, fieldsIn: markupIn, type: 'application/xml' };
  if (type === 'multipart/form-data') return { encode: asItIs, fieldsIn: partsIn };
  return type === 'text/plain' ? { encode: asItIs, fieldsIn: wholeText } : undefined;
}

/** Whether values are put back into a body of this type. */
export function isRestorable(contentType: string | undefined): boolean {
  return writtenIn(contentTypeOf(contentType).name) !== undefined;
}

/** A body with the values put back; as it came where one of them must not be. */
export function restoredBody(body: Buffer, contentType: string | undefined, by: SealedValues): Buffer {
  const written = writtenIn(contentTypeOf(contentType).name);
  if (written === undefined) return body;
  // One character for each byte, whatever else the body holds.
  const encode: Encode = (value) => Buffer.from(written.encode(value), 'utf8').toString('latin1');
  const found = opened(body.toString('latin1'), by, encode);
  if (found === undefined) return body;
  const put = Buffer.from(found.put, 'latin1');
  const stood = Buffer.from(found.stood, 'latin1').toString('utf8');
  const sent = { sent: body.toString('utf8'), put: put.toString('utf8'), stood };
  return isHiddenAgain(sent, by, written) ? put : body;
}

/** A message of a WebSocket: JSON, or a text. */
export function restoredMessage(payload: Buffer, by: SealedValues): Buffer {
  const isJson = /^\s*[[{"]/.test(payload.toString('latin1', 0, 64));
  return restoredBody(payload, isJson ? 'application/json' : 'text/plain', by);
}
