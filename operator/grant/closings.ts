/**
 * What closed a grant, or one person in it, since its status was read? The queue merges changes: who disables a grant and
 * enables it again within milliseconds leaves one key and an open world. So each change is judged when it arrives, and what
 * it closed is kept until a status says so. A closing that was seen is carried out, also when it was taken back meanwhile.
 */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { changesOfPerson, changesSince, type JudgedVersions, versionsOf } from '../../crds/rules/opening.ts';
import { KubeError } from '../../kube/errors.ts';
import { numberOf } from '../../kube/objects.ts';
import type { ConditionReason } from '../reporting/conditions.ts';
import { ConsentEnds } from './consent-ends.ts';
import { decideOpening } from './decide-opening.ts';
import { nextPins } from './pins.ts';
import type { GrantStatus, GrantWorld, SeenClosings } from './world.ts';

export interface ClosingsDeps {
  /** The grant of this UID with everything around it, as the copies have it now. */
  readonly worldOf: (uid: string) => GrantWorld | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What a write of a status must do besides. */
export interface WriteHow {
  /** What became of the last write is not known, so one is sent also where nothing differs. */
  readonly always: boolean;
  readonly onStored: (version: string) => void;
}

/** One grant's closings that no status has told yet. */
interface Marks {
  /** Why it closed first, and the step at which it was closed last. */
  whole: { readonly why: ConditionReason; readonly at: number } | undefined;
  /** By UID, the step at which each was out last. */
  readonly people: Map<string, number>;
}

export class Closings {
  readonly #deps: ClosingsDeps;
  readonly #consents = new ConsentEnds();
  readonly #marks = new Map<string, Marks>();
  /** What was judged at the last change; before the first, what the status says was judged. */
  readonly #judged = new Map<string, JudgedVersions>();
  /** The version of the last status that this process wrote; `unknown` while it cannot be told what became of it. */
  readonly #written = new Map<string, bigint | 'unknown'>();
  /** Changes and looks are counted, so that it is known which came first. */
  #step = 0;
  readonly #lookedAt = new Map<string, number>();

  constructor(deps: ClosingsDeps) {
    this.#deps = deps;
  }

  /** Judges a change that concerns the grant. Called for each one, before changes are merged. */
  notice(uid: string): void {
    const world = this.#deps.worldOf(uid);
    if (world === undefined) return;
    this.#step += 1;
    const before = this.#judged.get(uid) ?? world.grant.status?.opening;
    this.#judged.set(uid, versionsOf(world, world.users));
    this.#consents.notice(world, this.#deps.now());
    if (world.grant.status?.opening === undefined && !this.#isBehind(world.grant)) return;
    this.#noticeUnseen(uid, before, world);
    this.#judge(uid, world);
  }

  #judge(uid: string, world: GrantWorld): void {
    const pins = nextPins(world);
    const decision = decideOpening({ world, pins, now: this.#deps.now() });
    if (!decision.open) {
      this.#markWhole(uid, { reason: decision.reason, message: decision.message });
      return;
    }
    const open = new Set(decision.people.map(({ metadata }) => metadata.uid));
    for (const person of peopleOf(world))
      if (!open.has(person)) this.#marksOf(uid).people.set(person, this.#step);
  }

  /**
   * More changes than can be told apart: a watch that broke, or the time before this process led. One change leads from a
   * state that was judged to one that is judged now; of two, what lay between is not known.
   */
  #noticeUnseen(uid: string, before: JudgedVersions | undefined, world: GrantWorld): void {
    if (before === undefined) return;
    const changes = changesSince(before, world);
    const message =
      'Several changes came at once, and one of them may have taken access away, so it was closed. It opens again by itself, and people sign in again.';
    if (changes > 1) {
      this.#markWhole(uid, { reason: 'ChangesUnseen', message });
      const { opening } = world.grant.status ?? {};
      if (opening !== undefined) this.#consents.noticeUnseen(world, opening, this.#deps.now());
    }
    for (const user of world.users) {
      const own = changesOfPerson(before, user);
      if (own > 0 && own + changes > 1) this.#marksOf(uid).people.set(user.metadata.uid, this.#step);
    }
  }

  /**
   * What closed the grant and is in no status yet. A mark goes when the copy of the grant shows no opening, or none of
   * that person; but a copy older than our own last write would show that too.
   */
  of(grant: SupportAccessGrant): SeenClosings | undefined {
    const { uid } = grant.metadata;
    this.#lookedAt.set(uid, this.#step);
    if (!this.#isBehind(grant)) this.#drop(grant, this.#step);
    const marks = this.#marks.get(uid);
    const consent = this.#consents.of(grant);
    if (marks === undefined && consent === undefined) return undefined;
    return { whole: marks?.whole?.why, people: new Set(marks?.people.keys()), consent };
  }

  /** Of a grant that really is as it was seen, marks up to this step that concern no opening of it mean nothing any more. */
  #drop({ metadata: { uid }, status }: SupportAccessGrant, upTo: number): void {
    const marks = this.#marks.get(uid);
    if (marks === undefined) return;
    if (status?.opening === undefined && (marks.whole?.at ?? 0) <= upTo) marks.whole = undefined;
    for (const one of mootPeople(marks, status, upTo)) marks.people.delete(one);
    if (marks.whole === undefined && marks.people.size === 0) this.#marks.delete(uid);
  }

  /** Carries out the write of a status, and remembers its version. */
  async writing(seen: SupportAccessGrant, write: (how: WriteHow) => Promise<boolean>): Promise<boolean> {
    const { uid } = seen.metadata;
    const before = this.#written.get(uid);
    let reached = before;
    this.#written.set(uid, 'unknown');
    try {
      const onStored = (version: string) => {
        reached = numberOf(version) ?? 'unknown';
        // it was stored over what was seen, so that is what was there
        this.#drop(seen, this.#lookedAt.get(uid) ?? 0);
      };
      return await write({ always: before === 'unknown', onStored });
    } catch (error) {
      // A server that broke off or did not answer in time may have stored it all the same.
      if (!(error instanceof KubeError && error.status >= 400 && error.status < 500)) reached = 'unknown';
      throw error;
    } finally {
      if (reached === undefined) this.#written.delete(uid);
      else this.#written.set(uid, reached);
    }
  }

  forget(uid: string): void {
    this.#marks.delete(uid);
    this.#judged.delete(uid);
    this.#consents.forget(uid);
    this.#written.delete(uid);
    this.#lookedAt.delete(uid);
  }

  /** Whether the copy may be older than what this process wrote. Versions of one collection can be compared. */
  #isBehind({ metadata: { uid, resourceVersion } }: SupportAccessGrant): boolean {
    const written = this.#written.get(uid);
    if (written === undefined) return false;
    const version = numberOf(resourceVersion);
    if (written === 'unknown' || version === undefined || version < written) return true;
    this.#written.delete(uid);
    return false;
  }

  #markWhole(uid: string, why: ConditionReason): void {
    const marks = this.#marksOf(uid);
    marks.whole = { why: marks.whole?.why ?? why, at: this.#step };
  }

  #marksOf(uid: string): Marks {
    const known = this.#marks.get(uid) ?? { whole: undefined, people: new Map<string, number>() };
    this.#marks.set(uid, known);
    return known;
  }
}

/** Who is in no opening, of those who were marked up to this step. */
function mootPeople({ people }: Marks, status: GrantStatus | undefined, upTo: number): string[] {
  const inIt = new Set((status?.opening?.people ?? []).map(({ uid }) => uid));
  return [...people].filter(([one, at]) => at <= upTo && !inIt.has(one)).map(([one]) => one);
}

/** Everyone who may be in: named, pinned or in the opening. Who was deleted or taken off the list is there by pin only. */
function peopleOf({ grant: { status }, users }: GrantWorld): Set<string> {
  return new Set([
    ...users.map(({ metadata }) => metadata.uid),
    ...(status?.pins?.users ?? []).map(({ uid }) => uid),
    ...(status?.opening?.people ?? []).map(({ uid }) => uid),
  ]);
}
