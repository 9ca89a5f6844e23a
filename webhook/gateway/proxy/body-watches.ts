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
