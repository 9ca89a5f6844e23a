/**
 * Which fields does a write name? Their paths, for its record, and never a value. A name that is longer than names of fields are, or has other
 * characters, may be something that a person wrote, and is recorded as `?`.
 */
import { usualFieldsOf } from './body-fields.ts';
import type { BodyWatch } from './body-watches.ts';

/** Most paths of one record. */
const mostPaths = 50;
/** So much of a body is looked at: the fields of a form come first, and files after them. */
const mostBytes = 1024 * 1024;
const deepest = 8;
const usualName = /^[A-Za-z_$@][\w$.:[\]-]{0,47}$/;

export interface FieldsOfWrite {
  /** Reads along; it never refuses anything. */
  readonly watch: BodyWatch | undefined;
  paths(): readonly string[];
}

/** Of a write with this URL and Content-Type. */
export function fieldsOfWrite(url: string, contentType: string | undefined): FieldsOfWrite {
  const found = new Set(namesInQuery(url));
  const note = (path: string): void => {
    if (found.size < mostPaths) found.add(path);
  };
  const reader = usualFieldsOf(contentType, {
    name: () => false,
    value: (path) => {
      if (path !== undefined) note(pointerOf(path.outermost));
      return false;
    },
  });
  let bytes = 0;
  const watch: BodyWatch | undefined = reader && {
    for: 'record',
    sees(chunk) {
      if (bytes < mostBytes && found.size < mostPaths) reader.sees(chunk);
      bytes += chunk.length;
      return false;
    },
    ends() {
      if (bytes <= mostBytes) reader.ends();
      return false;
    },
  };
  return { watch, paths: () => [...found] };
}

function namesInQuery(url: string): string[] {
  const query = url.split('?', 2)[1] ?? '';
  const names = [...new URLSearchParams(query).keys()].slice(0, mostPaths);
  return names.map((name) => `?${safe(name)}`);
}

/** RFC 6901; the places in lists are left out. */
function pointerOf(names: readonly string[]): string {
  const shown = names.slice(0, deepest).map(safe);
  return `/${shown.join('/')}${names.length > deepest ? '/?' : ''}`;
}

function safe(name: string): string {
  return usualName.test(name) ? name : '?';
}
