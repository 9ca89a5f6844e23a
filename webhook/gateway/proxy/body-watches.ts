/**
 * What must a body not say on its way? That the request has another method: Rails, Laravel, Spring and others take a POST whose
 * form or JSON has `_method=DELETE` for a DELETE, which no route was asked about. And that something is assigned to a person of
 * support, in a field of the application's `assignmentFields`. Nor what masking wrote in place of a value. The chunk that says so is not sent, so the application never has
 * the whole request. It decides nothing.
 */
import type { AssignmentRule } from '../../../crds/rules/request/assignment.ts';
import { changesMethod } from '../../../crds/rules/request/parameters.ts';
import { MaskWatch } from '../masking/mask-watch.ts';
import { type BodyReader, type FieldSink, fieldsOf } from './body-fields.ts';
import { anyNameIn } from './field-path.ts';

/** Looks at a body on its way, for one thing that it must not say. */
export interface BodyWatch extends BodyReader {
  readonly for: 'method' | 'mask' | 'assignment' | 'record';
}

/** The watch for a body of this Content-Type; undefined where no application finds parameters in it. */
export function watchForMethod(contentType: string | undefined): BodyWatch | undefined {
  const reader = fieldsOf(contentType, { name: changesMethod, value: () => false });
  return reader && { for: 'method', sees: (chunk) => reader.sees(chunk), ends: () => false };
}

/** The watch for a body of this Content-Type; undefined where it has no fields, or the application assigns by none. */
export function watchForAssignment(
  contentType: string | undefined,
  rule: AssignmentRule | undefined,
): BodyWatch | undefined {
  if (rule === undefined) return undefined;
  const value = /json-patch/i.test(contentType ?? '') ? inPatch(rule) : inFields(rule);
  const reader = fieldsOf(contentType, { name: () => false, value });
  return reader && { for: 'assignment', sees: (chunk) => reader.sees(chunk), ends: () => reader.ends() };
}

/**
 * Whether a message of a WebSocket says so. It has no type: it is read as JSON, as a whole, from the first list or object in it and
 * below its header lines, as in Socket.IO and STOMP; also JSON that is a text in JSON, as in Action Cable.
 */
export function assignsInMessage(message: Buffer, rule: AssignmentRule | undefined): boolean {
  if (rule === undefined) return false;
  const assigns = (text: Buffer, value: FieldSink['value']): boolean => {
    const reader = fieldsOf('application/json', { name: () => false, value });
    return reader !== undefined && (reader.sees(text) || reader.ends());
  };
  const inField = inFields(rule);
  const inFieldOrText: FieldSink['value'] = (path, text) =>
    inField(path, text) || (/^\s*[[{]/.test(text) && assigns(Buffer.from(text), inField));
  // A frame of STOMP ends with this byte; UTF-16 is none of a message's.
  const text = message.includes(0) ? Buffer.from(message.map((byte) => byte || 0x20)) : message;
  return beginningsIn(text).some((at) => assigns(text.subarray(at), inFieldOrText));
}

/** Where JSON may begin. Quotes before it are no part of it, and would turn texts inside out. */
function beginningsIn(text: Buffer): readonly number[] {
  const inLatin1 = text.toString('latin1');
  const found = [0, inLatin1.search(/[[{]/), inLatin1.search(/(?<=\n\r?\n)/)];
  return [...new Set(found.filter((at) => at >= 0))];
}

function inFields(rule: AssignmentRule): FieldSink['value'] {
  const assigns = anyNameIn((name) => rule.fieldAmong([name]) !== undefined);
  return (path, text) => assigns(path) && rule.personIn(text) !== undefined;
}

/** JSON Patch (RFC 6902) has the field as a value, beside the value that it gets: both in one body are too much. */
function inPatch(rule: AssignmentRule): FieldSink['value'] {
  let [hasField, hasPerson] = [false, false];
  return (_, text) => {
    hasField ||= rule.fieldAmong([text]) !== undefined;
    hasPerson ||= rule.personIn(text) !== undefined;
    return hasField && hasPerson;
  };
}

/** The watch for what masking wrote in place of a value: an application would store it over the value. */
export function watchForMasks(): BodyWatch {
  const watch = new MaskWatch();
  return { for: 'mask', sees: (chunk) => watch.sees(chunk), ends: () => false };
}
