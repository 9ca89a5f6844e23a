/**
 * Which consent ended for good since the status was read? A look judges the world as it is then, and changes are merged
 * before it: shortening a grant in the very moment in which it became too long would lift what no look had found. So this is
 * judged at each change too. Copies of two collections lag on their own; what they show together may never have
 * been, so it counts only if it is the later change that lifts it.
 */
import { tooLong } from '../../crds/rules/consent.ts';
import type { Opening } from '../../crds/rules/opening.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { numberOf } from '../../kube/objects.ts';
import { nextConsentEnded, nextPins } from './pins.ts';
import type { ConsentEnded, GrantWorld } from './world.ts';

/** One spec of one object, and the version in which it was seen first; undefined where that is no number. */
interface SeenSpec {
  readonly id: string;
  readonly version: bigint | undefined;
}

interface Judged {
  readonly specs: ReadonlyMap<string, SeenSpec>;
  /** What would end, if it was so at one time. */
  readonly pending: ConsentEnded | undefined;
}

export class ConsentEnds {
  readonly #judged = new Map<string, Judged>();
  readonly #ended = new Map<string, ConsentEnded>();

  /** Judges the world after one change. */
  notice(world: GrantWorld, now: number): void {
    const { uid } = world.grant.metadata;
    const before = this.#judged.get(uid);
    const specs = specsOf(world, before?.specs);
    if (before?.pending !== undefined && wasSo(before.specs, specs)) this.#end(uid, before.pending);
    const next = nextConsentEnded(world, nextPins(world), now);
    const isTold = next?.consent === world.grant.status?.consentEnded?.consent;
    this.#judged.set(uid, { specs, pending: isTold ? undefined : next });
  }

  /** Judges an opening of which more was changed since than can be told apart: by the window that was open. */
  noticeUnseen({ grant, policy }: GrantWorld, { startTime, expirationTime }: Opening, now: number): void {
    const { consent } = grant.status?.pins ?? {};
    const { startTime: _start, ...spec } = grant.spec;
    const window = { ...spec, ...(startTime && { startTime }), expirationTime };
    const objection = tooLong({ grant: { ...grant, spec: window }, policy, now });
    if (consent === undefined || objection === undefined) return;
    this.#end(grant.metadata.uid, { consent, reason: objection.reason });
  }

  /** The consent that ended and that no status tells yet. */
  of({ metadata: { uid }, status }: GrantWorld['grant']): ConsentEnded | undefined {
    const ended = this.#ended.get(uid);
    if (ended === undefined || (status?.consentEnded?.consent ?? 0) < ended.consent) return ended;
    this.#ended.delete(uid);
    return undefined;
  }

  forget(uid: string): void {
    this.#judged.delete(uid);
    this.#ended.delete(uid);
  }

  #end(uid: string, ended: ConsentEnded): void {
    if ((this.#ended.get(uid)?.consent ?? 0) < ended.consent) this.#ended.set(uid, ended);
  }
}

/** What a consent is judged by: the grant, the policy and the people. */
function specsOf(
  { grant, policy, users }: GrantWorld,
  before: ReadonlyMap<string, SeenSpec> = new Map(),
): Map<string, SeenSpec> {
  const objects: readonly KubeObject[] = [grant, ...(policy === undefined ? [] : [policy]), ...users];
  return new Map(
    objects.map(({ kind, metadata: { name, uid, generation, resourceVersion } }) => {
      const key = `${kind}/${name}`;
      const id = `${uid}/${generation}`;
      const known = before.get(key);
      return [key, known?.id === id ? known : { id, version: numberOf(resourceVersion) }];
    }),
  );
}

/** Whether specs stood together: one that changed did so after each of them was there. What is gone, or no number, did. */
function wasSo(before: ReadonlyMap<string, SeenSpec>, now: ReadonlyMap<string, SeenSpec>): boolean {
  const versions = [...before.values()].flatMap(({ version }) => version ?? []);
  const changed = [...before].filter(([key, { id }]) => now.get(key)?.id !== id);
  return changed.some(([key]) => {
    const version = now.get(key)?.version;
    return version === undefined || versions.every((one) => one < version);
  });
}
