/** What an application asks, from the bytes of its call: read strictly, so that a misspelled field is no other question. */
import type { IncomingMessage } from 'node:http';
import type { Target } from '../../../../crds/rules/matrix/matrix.ts';
import { printable } from '../../../../crds/rules/problem.ts';
import { CallRefused } from './problem.ts';

/** Most bytes of a call: a thousand reviews with the longest names that a matrix has. */
export const mostBodyBytes = 1024 * 1024;
/** Most reviews of a batch. */
export const mostReviews = 1000;
/** Longest name of a module, a sub-module or an action, as in the matrix. */
const longestName = 100;

/** One question: may this session do that? */
export interface AskedReview {
  /** The opaque handle, as `X-Support-Session` has it. */
  readonly session: string;
  readonly target: Target;
}

/** What a call asks. */
export interface AskedReviews {
  /** Name of the SupportApplication, in the caller's namespace. */
  readonly application: string;
  readonly reviews: readonly AskedReview[];
}

/** The JSON of a call. Throws `CallRefused` where it is none, or too large. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new CallRefused('NotJSON', 'The body must be JSON, with "Content-Type: application/json".');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBodyBytes) {
      throw new CallRefused(
        'BodyTooLarge',
        `The body must have at most ${mostBodyBytes} bytes, and has more.`,
      );
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new CallRefused(
      'Malformed',
      'The body must be JSON in UTF-8, for example {"application":"ecase"}.',
    );
  }
}

/** `{application, session, module, subModule?, action}`. */
export function readAskedReview(body: unknown): AskedReviews {
  const { application, ...review } = objectIn(body, 'the body');
  return { application: nameIn(application, 'application', 253), reviews: [reviewIn(review, '')] };
}

/** `{application, reviews: [{session, module, subModule?, action}]}`. */
export function readAskedBatch(body: unknown): AskedReviews {
  const { application, reviews, ...others } = objectIn(body, 'the body');
  noOthers(others, '');
  if (!Array.isArray(reviews) || reviews.length === 0) {
    throw malformed('reviews', {
      rule: 'must be a list of 1 or more reviews',
      example: '[{"session": "5f1c9a7be2d04c11", "module": "Jobs", "action": "Read"}]',
      value: reviews,
    });
  }
  if (reviews.length > mostReviews) {
    throw new CallRefused(
      'TooManyReviews',
      `reviews must have at most ${mostReviews} entries, and has ${reviews.length}: send the others with another call.`,
    );
  }
  return {
    application: nameIn(application, 'application', 253),
    reviews: reviews.map((review, at) => reviewIn(objectIn(review, `reviews[${at}]`), `reviews[${at}].`)),
  };
}

function reviewIn(given: Readonly<Record<string, unknown>>, at: string): AskedReview {
  const { session, module, subModule, action, ...others } = given;
  noOthers(others, at);
  return {
    session: nameIn(session, `${at}session`, longestName),
    target: {
      module: nameIn(module, `${at}module`, longestName),
      ...(subModule === undefined ? {} : { subModule: nameIn(subModule, `${at}subModule`, longestName) }),
      action: nameIn(action, `${at}action`, longestName),
    },
  };
}

function objectIn(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new CallRefused('Malformed', `${what} must be a JSON object, such as {"application": "ecase"}.`);
}

function nameIn(value: unknown, field: string, longest: number): string {
  if (typeof value === 'string' && value !== '' && value.length <= longest) return value;
  throw malformed(field, { rule: `must be a text of 1 to ${longest} characters`, example: '"ecase"', value });
}

function noOthers(others: Readonly<Record<string, unknown>>, at: string): void {
  const [name] = Object.keys(others);
  if (name !== undefined) {
    throw new CallRefused(
      'Malformed',
      `"${at}${printable(name)}" is no field of a review: use session, module, subModule and action.`,
    );
  }
}

function malformed(
  field: string,
  { rule, example, value }: { readonly rule: string; readonly example: string; readonly value?: unknown },
): CallRefused {
  const found = value === undefined ? 'is missing' : `is ${printable(JSON.stringify(value))}`;
  return new CallRefused('Malformed', `${field} ${rule}, for example ${example}, and ${found}.`);
}
