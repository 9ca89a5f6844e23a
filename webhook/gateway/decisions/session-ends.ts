/**
 * Ends the sessions whose access is over, without waiting for a request. Each change that a watch tells is judged by
 * itself and in order, for every session that it concerns: what was taken back and given again in one breath ended it
 * too. Once a minute all are judged, since time ends sessions of which no watch tells.
 */
import type { SupportSession } from '../../../crds/generated/support-session.ts';
import type { Clock } from '../../../kube/clock.ts';
import type { SessionJudge } from './decision.ts';
import { concerns, type SeenWorlds } from './seen-worlds.ts';
import { isNewerVersion, type SeenChange } from './world-after.ts';

export interface SessionEndsOptions {
  /** The sessions that the watch holds. */
  readonly sessions: () => readonly SupportSession[];
  readonly worlds: SeenWorlds;
  readonly judge: SessionJudge;
  /** Records the end and deletes the session. Doing it twice changes nothing. */
  readonly end: (session: SupportSession, reason: string) => Promise<void>;
  /** A session is gone, perhaps by another's hand; with the reason for which it was over before, if there was one. */
  readonly onGone: (session: SupportSession, reason: string | undefined) => void;
  readonly clock: Pick<Clock, 'after'>;
  /** A session, by its handle, was not ended; it is tried again. */
  readonly onFailure: (handle: string, error: unknown) => void;
}

/** So many sessions are read again or ended at a time: a thousand that end at once must not storm the API server. */
const atOnce = 16;
/** What was taken back and given again is over for good only when its session is gone: a failure is soon tried again. */
const tryAgainMs = 2000;

export class SessionEnds {
  readonly #options: SessionEndsOptions;
  /** The version that each session had when it was seen first: changes before it were before its sign-in. */
  readonly #firstSeen = new Map<string, string>();
  /** Over for certain; kept until the deletion was acknowledged. */
  readonly #over = new Map<string, { readonly session: SupportSession; readonly reason: string }>();
  /** Over by what the watches hold, which may lag; to be read again. */
  readonly #suspected = new Map<string, SupportSession>();
  #working = false;
  /** Before the first lists are in, what the watches hold has holes that look like what was taken away. */
  #isComplete = false;

  constructor(options: SessionEndsOptions) {
    this.#options = options;
  }

  /** Judges one change; the watches hold it already. Reads nothing and waits for nothing. */
  onSeen(change: SeenChange): void {
    const isOfSession = change.object.kind === 'SupportSession';
    if (isOfSession) this.#follow(change);
    const concerned = isOfSession || !this.#isComplete ? [] : this.#options.sessions();
    for (const session of concerned) if (concerns(change, session)) this.#judgeAfter(change, session);
    void this.#work();
  }

  /** Judges all sessions; what could not be done before is tried again. The first call says that all lists are in. */
  judgeAll(): Promise<void> {
    this.#isComplete = true;
    for (const session of this.#options.sessions()) this.#judge(session);
    return this.#work();
  }

  #follow({ type, object }: SeenChange): void {
    const session = object as SupportSession;
    const { uid, resourceVersion } = session.metadata;
    if (type === 'deleted') {
      const reason = this.#isComplete ? this.#endNow(session) : undefined;
      this.#options.onGone(session, this.#over.get(uid)?.reason ?? reason);
      for (const known of [this.#firstSeen, this.#over, this.#suspected]) known.delete(uid);
      return;
    }
    if (!this.#firstSeen.has(uid)) this.#firstSeen.set(uid, resourceVersion);
    this.#judge(session);
  }

  #judge(session: SupportSession): void {
    if (this.#isComplete && this.#endNow(session) !== undefined)
      this.#suspected.set(session.metadata.uid, session);
  }

  #judgeAfter(change: SeenChange, session: SupportSession): void {
    const reason = this.#endNow(session);
    if (reason === undefined) return;
    const { uid } = session.metadata;
    if (this.#isEndedBy(change, session)) this.#over.set(uid, { session, reason });
    else this.#suspected.set(uid, session);
  }

  #endNow(session: SupportSession): string | undefined {
    return this.#options.judge.endIn(this.#options.worlds.of(session))?.reason;
  }

  /** Alive just before it, and the change came after the sign-in. All else that we hold was the same both times. */
  #isEndedBy(change: SeenChange, session: SupportSession): boolean {
    const since = this.#firstSeen.get(session.metadata.uid);
    if (since === undefined || !isNewerVersion(change.object.metadata.resourceVersion, since)) return false;
    return this.#options.judge.endIn(this.#options.worlds.before(session, change)) === undefined;
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    const failed = new Set<string>();
    const due = <T>(waiting: ReadonlyMap<string, T>): T[] =>
      [...waiting]
        .filter(([uid]) => !failed.has(uid))
        .slice(0, atOnce)
        .map(([, one]) => one);
    for (;;) {
      const over = due(this.#over);
      const suspected = over.length > 0 ? [] : due(this.#suspected);
      if (over.length + suspected.length === 0) break;
      await Promise.all([
        ...over.map(({ session, reason }) =>
          this.#end(session, reason).catch(this.#failedFor(session, failed)),
        ),
        ...suspected.map((session) => this.#look(session).catch(this.#failedFor(session, failed))),
      ]);
    }
    this.#working = false;
    if (failed.size > 0) this.#options.clock.after(tryAgainMs, () => void this.#work());
  }

  #failedFor({ metadata: { uid }, spec: { handle } }: SupportSession, failed: Set<string>) {
    return (error: unknown): void => {
      failed.add(uid);
      this.#options.onFailure(handle, error);
    };
  }

  async #end(session: SupportSession, reason: string): Promise<void> {
    await this.#options.end(session, reason);
    this.#over.delete(session.metadata.uid);
  }

  async #look(session: SupportSession): Promise<void> {
    const { uid } = session.metadata;
    const world = await this.#options.judge.readAgain(session);
    this.#suspected.delete(uid);
    const reason = this.#options.judge.endIn(world)?.reason;
    if (world.session?.metadata.uid === uid && reason !== undefined)
      this.#over.set(uid, { session: world.session, reason });
  }
}
