/**
 * Is a request to the Kubernetes API written in its one form? No encodings, no dots, no empty parts, no upper case, each
 * parameter once and known: then every reader on the way takes it for the same. kubectl and client-go write no other.
 */
import { type Problem, printable } from '../problem.ts';

const longestTarget = 8192;
const part = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?';
const plainPath = new RegExp(`^(?:/${part})+$`);
const dots = /(?:^|\/)\.{1,2}(?:\/|$)|\.\./;

/** What reads may say beside their path. What is not here could mean something that was not judged. */
const parameters: readonly string[] = [
  // of every read
  'pretty',
  'timeout',
  // of lists and watches
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'includeObject',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
  // of logs
  'container',
  'follow',
  'limitBytes',
  'previous',
  'sinceSeconds',
  'sinceTime',
  'stream',
  'tailLines',
  'timestamps',
];

/** What of a target is not in its one form; undefined where all of it is. */
export function kubeFormProblem(target: string): Problem | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (target.length > longestTarget)
    return odd(path, `must be at most ${longestTarget} bytes long`, 'ask with a shorter selector');
  if (!plainPath.test(path) || dots.test(path)) {
    const rule =
      'must be lower-case names between single slashes, without an encoding, a dot segment or a slash at its end';
    return odd(path, rule, 'write, for example, /api/v1/namespaces/ecase/pods');
  }
  return mark < 0 ? undefined : queryProblem(target.slice(mark + 1));
}

function queryProblem(query: string): Problem | undefined {
  const pairs = query === '' ? [] : query.split('&');
  const names = pairs.map((pair) => pair.split('=', 1)[0] ?? '');
  const unknown = names.find((name) => !parameters.includes(name));
  if (unknown !== undefined)
    return odd(unknown, 'must have no parameter but those of reads', `use ${parameters.slice(2).join(', ')}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return odd(twice, 'must have each parameter once', 'leave the second one out');
  const undecodable = pairs.find((pair) => !decodes(pair));
  if (undecodable === undefined) return undefined;
  return odd(
    undecodable,
    'must be percent-encoded correctly, in printable ASCII',
    'write it as kubectl does',
  );
}

function decodes(text: string): boolean {
  if (/[^\x21-\x7e]|[#;]/.test(text)) return false;
  try {
    return !/\p{Cc}/u.test(decodeURIComponent(text));
  } catch {
    return false;
  }
}

function odd(value: string, rule: string, fix: string): Problem {
  return { field: 'path', value: printable(value), rule, fix };
}
