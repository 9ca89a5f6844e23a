/** Of which type is the body of a request? Read as strictly as can be: what two applications could read differently is unclear. */
import { withoutOptionalSpace } from './optional-white-space.ts';

/** A type in lower case, or `unclear` for what is no single one, which no type is called; undefined where there is none. */
export type MediaType = string | undefined;

const oneType = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/;

/** The type that a Content-Type line names, without its parameters. */
export function mediaTypeOf(line: string | undefined): MediaType {
  if (line === undefined) return undefined;
  const [name = ''] = line.split(';');
  const type = withoutOptionalSpace(name).toLowerCase();
  // Of `a/b, c/d` the one takes the first and the next one the last; also behind a parameter.
  return oneType.test(type) && !line.includes(',') ? type : 'unclear';
}
