/**
 * Sends the body of a request upstream, no faster than upstream takes it and for as long as it moves: what stands still
 * is ended, and blamed on the side that kept the other waiting. Looks at each chunk before it passes.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { BodyWatch } from './body-watches.ts';

/** The client sent more than the policy accepts; what was sent so far was broken off. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The body names another method than the one that was judged; what was sent so far was broken off. */
export class MethodInBody extends Error {
  override readonly name = 'MethodInBody';
}

/** The body holds a mask that would overwrite a value; what was sent so far was broken off. */
export class MaskInBody extends Error {
  override readonly name = 'MaskInBody';
}

/** The body assigns something to a person of support; what was sent so far was broken off. */
export class AssignmentInBody extends Error {
  override readonly name = 'AssignmentInBody';
}

/** The client went away in the middle of its body. */
export class SenderGone extends Error {
  override readonly name = 'SenderGone';
}

/** Nothing moved for the time of the policy: the client sent nothing, or upstream took nothing. */
export class BodyStalled extends Error {
  override readonly name = 'BodyStalled';
  readonly keptWaitingBy: 'client' | 'upstream';

  constructor(keptWaitingBy: BodyStalled['keptWaitingBy']) {
    super(`the body stood still because of the ${keptWaitingBy}`);
    this.keptWaitingBy = keptWaitingBy;
  }
}

export interface BodyBounds {
  /** Bytes. */
  readonly limit: number;
  /** How long it may stand still, milliseconds. */
  readonly idleMs: number;
  readonly watches: readonly BodyWatch[];
}

/** Copies a body to upstream. Rejects with one of the errors above, or with that of the connection. */
export async function sendBody(
  body: AsyncIterable<Buffer>,
  outgoing: Writable,
  bounds: BodyBounds,
): Promise<void> {
  const stalled = Promise.withResolvers<never>();
  const still = { keptWaitingBy: 'client' as BodyStalled['keptWaitingBy'] };
  const timer = setTimeout(() => stalled.reject(new BodyStalled(still.keptWaitingBy)), bounds.idleMs);
  const moves = (waitingFor: BodyStalled['keptWaitingBy']): void => {
    still.keptWaitingBy = waitingFor;
    timer.refresh();
  };
  try {
    await Promise.race([copyBody(body, outgoing, { ...bounds, moves }), stalled.promise]);
  } finally {
    clearTimeout(timer);
  }
}

interface Copying extends BodyBounds {
  /** Told of each step, with whom is waited for next. */
  readonly moves: (waitingFor: BodyStalled['keptWaitingBy']) => void;
}

async function copyBody(
  body: AsyncIterable<Buffer>,
  outgoing: Writable,
  { limit, watches, moves }: Copying,
): Promise<void> {
  let bytes = 0;
  const write = async (chunk: Buffer): Promise<void> => {
    if (outgoing.destroyed) return;
    moves('upstream');
    if (!outgoing.write(chunk)) await drained(outgoing);
    moves('client');
  };
  // The last field of a form has no end of its own: a chunk is sent when it is known not to be the last one, or to be good.
  const isHeldBack = watches.some((watch) => watch.for === 'assignment');
  let held: Buffer | undefined;
  for await (const chunk of received(body)) {
    bytes += chunk.length;
    // Content-Length was compared before; this is for bodies that do not say how long they are.
    if (bytes > limit) throw new BodyTooLarge();
    refuseWhere(watches.find((watch) => watch.sees(chunk)));
    if (outgoing.destroyed) return;
    if (held !== undefined) await write(held);
    held = isHeldBack ? chunk : undefined;
    if (!isHeldBack) await write(chunk);
  }
  refuseWhere(watches.find((watch) => watch.ends()));
  if (held !== undefined) await write(held);
  if (!outgoing.destroyed) outgoing.end();
}

function refuseWhere(watch: BodyWatch | undefined): void {
  if (watch !== undefined) throw refusals[watch.for]();
}

const refusals: Readonly<Record<BodyWatch['for'], () => Error>> = {
  method: () => new MethodInBody(),
  mask: () => new MaskInBody(),
  assignment: () => new AssignmentInBody(),
  record: () => new Error('what reads along for the records refuses nothing'),
};

/** What the client sends; its connection breaks in no other way than by its leaving. */
async function* received(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const next = await chunks.next().catch((cause: unknown) => {
      throw new SenderGone('the client went away', { cause });
    });
    if (next.done === true) return;
    yield next.value;
  }
}

/**
 * Resolves when the stream takes more, or was closed and never will. Leaves no listener behind, because a long upload
 * waits here thousands of times.
 */
export async function drained(stream: Writable): Promise<void> {
  if (stream.destroyed) return;
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]);
  } finally {
    settled.abort();
  }
}
