/** What a Content-Type says: a type, a charset, the boundary of its parts. It judges nothing. */
import { withoutOptionalSpace } from '../../../crds/rules/request/optional-white-space.ts';

export interface ContentType {
  /** In lower case; more than one type where there is more than one. */
  readonly name: string;
  /** In lower case; `two` where two of them are named. */
  readonly charset: string | undefined;
  readonly boundary: string | undefined;
}

/** One type and nothing more: of `image/png, text/html` browsers take the last (WHATWG Fetch). */
export const singleType = /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/;

/** A parameter with its value, quoted or not; a semicolon in quotes ends none. */
const parameter = /;[ \t]*([^\s=;]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;

/** The parts of a Content-Type; without one nothing is known. */
export function contentTypeOf(value: string | undefined): ContentType {
  const [name = ''] = (value ?? '').split(';');
  const named = [...(value ?? '').matchAll(parameter)].map(([, key = '', quoted, plain]) => ({
    key: key.toLowerCase(),
    value: quoted?.replaceAll(/\\(.)/g, '$1') ?? withoutOptionalSpace(plain ?? ''),
  }));
  const charsets = new Set(named.filter(({ key }) => key === 'charset').map((one) => unquoted(one.value)));
  return {
    name: withoutOptionalSpace(name).toLowerCase(),
    charset: charsets.size > 1 ? 'two' : [...charsets][0],
    boundary: named.find(({ key }) => key === 'boundary')?.value,
  };
}

function unquoted(value: string): string {
  return withoutOptionalSpace(value.replaceAll('"', '')).toLowerCase();
}
