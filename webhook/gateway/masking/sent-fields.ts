/**
 * The fields of what a person sends, each as the application reads it. Of what is not written as its type says there are none,
 * and no value is put back into it.
 */
import { decodeXML } from 'entities/decode';
import type { Compared, ComparedField } from './hidden-again.ts';

/** As it came, with what is sealed in it; with the values; and with signs in their place. */
export interface Sent extends Compared {
  readonly sent: string;
}

export type SentField = Sent & ComparedField;

interface Field {
  readonly name: string;
  readonly text: string;
}

/** The fields of a text; undefined where it cannot be read. */
export type FieldsIn = (text: string) => readonly Field[] | undefined;

/** The fields in which values stand; undefined where they stand in anything else. */
export function fieldsThatDiffer(fieldsIn: FieldsIn, { sent, put, stood }: Sent): SentField[] | undefined {
  const [came, now, signs] = [fieldsIn(sent), fieldsIn(put), fieldsIn(stood)];
  if (came === undefined || now?.length !== came.length || signs?.length !== came.length) return undefined;
  const all = came.map(({ name, text }, at) => ({
    name,
    isNamedAlike: name === now[at]?.name && name === signs[at]?.name,
    sent: text,
    put: now[at]?.text ?? '',
    stood: signs[at]?.text ?? '',
  }));
  return all.every(({ isNamedAlike }) => isNamedAlike)
    ? all.filter(({ sent: text, put: value }) => text !== value)
    : undefined;
}

/** Parameters of a form, of a query, or cookies. */
export const parametersIn =
  (mark: '&' | ';'): FieldsIn =>
  (text) =>
    allOf(
      text.split(mark).map((one) => {
        const [, name = '', value = one] = /^\s*([^=]*)=(.*)$/s.exec(one) ?? [];
        return fieldOf(name, mark === '&' ? value.replaceAll('+', '%20') : value);
      }),
    );

/** Segments of a path, which have no names. */
export const segmentsIn: FieldsIn = (text) => allOf(text.split('/').map((one) => fieldOf('', one)));

function fieldOf(name: string, text: string): Field | undefined {
  try {
    return { name, text: decodeURIComponent(text) };
  } catch {
    return undefined;
  }
}

function allOf(fields: readonly (Field | undefined)[]): readonly Field[] | undefined {
  const read = fields.filter((field) => field !== undefined);
  return read.length === fields.length ? read : undefined;
}

/** The texts of JSON, and of JSON in lines, each by the name of its member or of the list that it is in. */
export const jsonTextsIn: FieldsIn = (text) => {
  const values = jsonOf(text) ?? linesOfJson(text);
  if (values === undefined) return undefined;
  const found: Field[] = [];
  const open = values.map((value) => ({ name: '', value }));
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { name, value } = one;
    if (typeof value === 'string') found.push({ name, text: value });
    else if (Array.isArray(value)) for (const each of value as unknown[]) open.push({ name, value: each });
    else if (typeof value === 'object' && value !== null)
      for (const [key, each] of Object.entries(value)) open.push({ name: key, value: each });
  }
  return found;
};

function jsonOf(text: string): unknown[] | undefined {
  try {
    return [JSON.parse(text)];
  } catch {
    return undefined;
  }
}

function linesOfJson(text: string): unknown[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(jsonOf);
  return values.every((value) => value !== undefined) ? values.flat() : undefined;
}

const blankLine = '\r\n\r\n';

/** What parts hold, in a body whose first line is its boundary, as browsers send it. */
export const partsIn: FieldsIn = (body) => {
  const [boundary] = /^--[^\r\n]{1,70}(?=\r\n)/.exec(body) ?? [];
  if (boundary === undefined) return undefined;
  return body.split(`\r\n${boundary}`).flatMap((part) => {
    const end = part.indexOf(blankLine);
    const head = end < 0 ? part : part.slice(0, end);
    const name = /\bname="([^"]*)"/.exec(head)?.[1] ?? '';
    // Its head is no field: nothing is put into it.
    return [
      { name: head, text: '' },
      { name, text: end < 0 ? '' : part.slice(end + blankLine.length) },
    ];
  });
};

/** Whole texts and attributes of XML; of what stands between them nothing is a field. */
export const markupIn: FieldsIn = (text) =>
  text.split(/((?<==\s*)"[^"<]*"|(?<==\s*)'[^'<]*'|(?<=>)[^<>]*(?=<))/).map((part, at) => {
    if (at % 2 === 0) return { name: part, text: '' };
    return { name: '', text: decodeXML(part.replace(/^(["'])(.*)\1$/s, '$2')) };
  });

/** All of it is one. */
export const wholeText: FieldsIn = (text) => [{ name: '', text }];
