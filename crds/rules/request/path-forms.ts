/**
 * Which forms of a path does an application ask for that the gateway refuses otherwise? Each has a meaning in some
 * frameworks and another one in others, so that only who knows the application can say it (`spec.pathForms`). What is read
 * here is what is left to judge, and every other reading that must be permitted as well.
 */
import { changesMethod } from './parameters.ts';

/** THE list, as in the manifest of SupportApplication. */
export const pathForms = ['MatrixParameters', 'EmptySegments', 'EncodedSlash', 'EncodedPercent'] as const;
export type PathForm = (typeof pathForms)[number];

/** One path with the forms that it has. */
export interface FormedPath {
  /** What is judged: without matrix parameters and empty segments. */
  readonly judged: string;
  /** What is forwarded. */
  readonly forwarded: string;
  /** How else an application could read it. */
  readonly readings: readonly string[];
  readonly forms: readonly PathForm[];
}

/** A form that is not one of these, or has no single meaning even where it is allowed; the rule. */
export interface FormProblem {
  readonly rule: string;
  /** The form that would have to be allowed; undefined where none would help. */
  readonly form?: PathForm;
}

/** `;jsessionid=0A1B2C`: a name, and perhaps a value of plain characters. */
const matrixParameter = /^([A-Za-z0-9._~-]{1,64})(?:=[A-Za-z0-9._~!$'()*+,:@-]*)?$/;
const percentBeforeDigits = /%25[0-9A-Fa-f]{2}/;
const dotSegment = /(?:^|\/)\.\.?(?:\/|$)/;

/** The forms of a path whose percent-encodings are canonical. */
export function readForms(path: string, allowed: readonly PathForm[]): FormedPath | FormProblem {
  const found = formsIn(path);
  const missing = found.find((form) => !allowed.includes(form));
  if (missing !== undefined) return { rule: ruleOf[missing], form: missing };
  const forwarded = found.includes('EmptySegments') ? path.replaceAll(/\/{2,}/g, '/') : path;
  const judged = withoutMatrixParameters(forwarded);
  if (typeof judged !== 'string') return judged;
  if (judged.includes('//')) return { rule: 'must have ";" only behind a name or at its end' };
  if (percentBeforeDigits.test(judged))
    return { rule: 'must not encode "%" before two hexadecimal digits, which some readers decode twice' };

  if (judged.includes('%2F') && dotSegment.test(judged.replaceAll('%2F', '/')))
    return { rule: 'must not have a "." or ".." beside an encoded slash' };

  const readings = new Set([forwarded, split(judged), split(forwarded)]);
  readings.delete(judged);
  return { judged, forwarded, readings: [...readings], forms: found };
}

/** As a program reads it that decodes before it splits. */
function split(path: string): string {
  return path.includes('%2F') ? path.replaceAll('%2F', '/').replaceAll(/\/{2,}/g, '/') : path;
}

const ruleOf: Readonly<Record<PathForm, string>> = {
  MatrixParameters: 'must not have a ";"',
  EmptySegments: 'must not have an empty segment',
  EncodedSlash: 'must not encode a "/"',
  EncodedPercent: 'must not encode a "%"',
};

function formsIn(path: string): PathForm[] {
  return pathForms.filter((form) => signs[form].test(path));
}

const signs: Readonly<Record<PathForm, RegExp>> = {
  MatrixParameters: /;/,
  EmptySegments: /\/\//,
  EncodedSlash: /%2F/,
  EncodedPercent: /%25/,
};

function withoutMatrixParameters(path: string): string | FormProblem {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    const [name = '', ...parameters] = segment.split(';');
    const names = parameters.map((parameter) => matrixParameter.exec(parameter)?.[1]);
    if (names.includes(undefined) || parameters.some((parameter) => parameter.includes('..')))
      return { rule: 'must have a name, and a value of plain characters, behind each ";"' };
    if (names.some((each) => each !== undefined && changesMethod(each)))
      return { rule: 'must not name another method behind a ";"' };
    segments.push(name);
  }
  return segments.join('/');
}
