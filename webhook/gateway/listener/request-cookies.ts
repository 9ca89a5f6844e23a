/** Reads the Cookie header of a request. The only parser of it, so that no two readers see different cookies. */
import { partsOf } from '../../../crds/rules/request/optional-white-space.ts';

/** The values of all cookies of this name, in the order of the header. */
export function cookieValues(header: string | undefined, name: string): readonly string[] {
  const prefix = `${name}=`;
  return cookiePairs(header)
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length));
}

/** The cookies whose names begin so, each once; of a name that is there twice there is none, as below. */
export function cookiesFrom(header: string | undefined, prefix: string): ReadonlyMap<string, string> {
  const pairs = cookiePairs(header)
    .filter((pair) => pair.startsWith(prefix) && pair.includes('='))
    .map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  const names = pairs.map(([name]) => name);
  return new Map(pairs.filter(([name]) => names.indexOf(name) === names.lastIndexOf(name)));
}

/** The value of one cookie. Two of one name are an attempt to confuse two readers, so then there is none. */
export function cookieNamed(header: string | undefined, name: string): string | undefined {
  const values = cookieValues(header, name);
  return values.length === 1 ? values[0] : undefined;
}

/** The header without the cookies whose names begin with `prefix` (lower case), whatever the case of their letters. */
export function cookiesWithout(header: string | undefined, prefix: string): string {
  return (
    cookiePairs(header)
      // A reader that trims more than we do must not find one of ours either.
      .filter((pair) => !pair.trim().toLowerCase().startsWith(prefix))
      .join('; ')
  );
}

/** Names of the cookies whose names do not begin with `prefix` (lower case); of one without a name there is none. */
export function cookieNamesWithout(header: string | undefined, prefix: string): readonly string[] {
  const named = partsOf(cookiesWithout(header, prefix), ';').filter((pair) => pair.indexOf('=') > 0);
  return [...new Set(named.map((pair) => pair.slice(0, pair.indexOf('='))))];
}

/** All cookies of the header, as they are written. */
export function cookiePairs(header: string | undefined): readonly string[] {
  return partsOf(header ?? '', ';').filter((pair) => pair !== '');
}
