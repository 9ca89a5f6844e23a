/**
 * What does the query of a request say? Reads parameters as different applications would, and tells where they would
 * not agree: a value that was sent twice, a name in another spelling, bytes that are no text. It knows no routes.
 */
import { fold } from './lenient-reading.ts';

/** A parameter that a route demands: with this value, or with any. */
export interface DemandedParameter {
  readonly name: string;
  readonly value?: string;
}

/** Whether a query meets a demand; `unclear` where two readers could answer differently. */
export type Met = 'met' | 'not-met' | 'unclear';

interface Parameter {
  /** Decoded as forms are; undefined where the bytes are no text. */
  readonly name: string | undefined;
  readonly value: string | undefined;
  /** The name as the most lenient application takes it. */
  readonly foldedName: string;
  /** A `;` stands in it, where some applications begin another parameter. */
  readonly isSplit: boolean;
}

export type Query = readonly Parameter[];

/** Names by which applications let a parameter say another method than the request's, as they are folded. */
const methodNames: ReadonlySet<string> = new Set([
  '_method',
  '__method',
  '_http_method',
  '_httpmethod',
  '_method_override',
  '_methodoverride',
  'http_method_override',
  'httpmethodoverride',
  'method_override',
  'methodoverride',
  'http_x_http_method_override',
  'x_http_method',
  'x_http_method_override',
  'x_method_override',
]);

/** Reads a query. `;` separates too: some applications split there, and a name that only they see counts. */
export function readQuery(query: string | undefined): Query {
  if (query === undefined || query === '') return [];
  const byAmpersand = query.split('&');
  const parameters = byAmpersand.map((part) => parameterOf(part, part.includes(';')));
  if (!query.includes(';')) return parameters;
  const bySemicolon = byAmpersand.flatMap((part) => part.split(';').slice(1));
  return [...parameters, ...bySemicolon.map((part) => parameterOf(part, true))];
}

/** Whether the query meets the demand: once, under exactly this name, with exactly this value. */
export function meets(query: Query, { name, value }: DemandedParameter): Met {
  const wanted = foldName(name);
  const alike = query.filter(({ foldedName }) => foldedName === wanted);
  const [one, ...others] = alike;
  if (one === undefined) return 'not-met';
  const isSure = others.length === 0 && one.name === name && !one.isSplit;
  if (!isSure || one.value === undefined) return 'unclear';
  if (value === undefined || one.value === value) return 'met';
  return foldValue(one.value) === foldValue(value) ? 'unclear' : 'not-met';
}

/** The same text for the same demands, in any order. */
export function canonicalDemands(demands: readonly DemandedParameter[]): string {
  return JSON.stringify(demands.map(({ name, value }) => JSON.stringify([name, value ?? null])).toSorted());
}

/** The names in the query by which an application may take the request for one of another method. */
export function methodParameters(query: Query): readonly string[] {
  return query.filter(({ foldedName }) => methodNames.has(foldedName)).map(({ name }) => name ?? '');
}

/** Whether a name, decoded, is one that changes the method. */
export function changesMethod(name: string): boolean {
  return methodNames.has(foldName(name));
}

function parameterOf(part: string, isSplit: boolean): Parameter {
  const mark = part.indexOf('=');
  const [rawName, rawValue] = mark < 0 ? [part, ''] : [part.slice(0, mark), part.slice(mark + 1)];
  const foldedName = foldName(decodedLeniently(rawName));
  return { name: decoded(rawName), value: decoded(rawValue), foldedName, isSplit };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Decodes what can be decoded and drops what cannot, as some applications do. */
export function decodedLeniently(text: string): string {
  const known = decoded(text);
  if (known !== undefined) return known;
  return text.replaceAll('+', ' ').replaceAll(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => {
    const byte = Number.parseInt(digits, 16);
    return byte < 0x80 ? String.fromCharCode(byte) : '';
  });
}

/**
 * A name as the most lenient application reads it: PHP drops blanks before it, cuts `[…]` off, and reads a blank, a dot
 * or an open bracket as `_`; others fold letter case and drop what cannot be seen.
 */
function foldName(name: string): string {
  const seen = name
    .normalize('NFKD')
    .replaceAll(/[\p{C}\p{Default_Ignorable_Code_Point}\p{M}]/gu, '')
    .trim();
  return fold(seen.replace(/(?!^)\[[^\]]*\].*$/su, '')).replaceAll(/[\s.[-]/gu, '_');
}

function foldValue(value: string): string {
  return fold(
    value.normalize('NFKD').replaceAll(/[\p{C}\p{Default_Ignorable_Code_Point}\p{M}]/gu, ''),
  ).trim();
}
