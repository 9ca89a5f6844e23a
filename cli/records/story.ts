/**
 * The story of a grant as the records tell it: each record that is about it in the chapter where an auditor looks for it, none
 * left out. Pure; the page is made of it in `story-page.ts`.
 */
import type { EventType } from '../../crds/audit/events.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';

/** What was asked to be done at an application, with what became of it. */
export interface Act {
  readonly intent: StoredRecord;
  /** Undefined where none was recorded, as of a request that is under way; the store's own where a crash left it open. */
  readonly outcome: StoredRecord | undefined;
}

export interface Story {
  /** Each grant by its UID; a name may have been given twice. */
  readonly grants: ReadonlyMap<string, string>;
  readonly consent: readonly StoredRecord[];
  readonly openings: readonly StoredRecord[];
  readonly signIns: readonly StoredRecord[];
  readonly acts: readonly Act[];
  readonly refusals: readonly StoredRecord[];
  /** Locks and the master switch, while it lasted. */
  readonly around: readonly StoredRecord[];
  readonly others: readonly StoredRecord[];
}

type Chapter = 'consent' | 'openings' | 'signIns' | 'acts' | 'refusals' | 'others';

const chapterOfType: Readonly<Partial<Record<EventType, Chapter>>> = {
  'admission.requested': 'consent',
  'admission.rejected': 'consent',
  'admission.stored': 'consent',
  'grant.created': 'consent',
  'grant.changed': 'consent',
  'grant.deleted': 'consent',
  'grant.pinned': 'consent',
  'grant.activated': 'openings',
  'grant.expired': 'openings',
  'grant.revoked': 'openings',
  'grant.suspended': 'openings',
  'grant.closed': 'openings',
  'credential.issued': 'openings',
  'credential.revoked': 'openings',
  'signin.succeeded': 'signIns',
  'signin.failed': 'refusals',
  'signin.sso_mismatch': 'refusals',
  'signin.ip_rejected': 'refusals',
  'session.authorized': 'signIns',
  'session.ended': 'signIns',
};

function chapterOf({ type, phase, decision }: StoredRecord): Chapter {
  if (type === 'app.request' && phase !== 'point') return 'acts';
  if (type.startsWith('app.') && decision?.effect === 'deny') return 'refusals';
  return chapterOfType[type] ?? 'others';
}

const around: readonly EventType[] = [
  'policy.enabled',
  'policy.disabled',
  'policy.changed',
  'policy.deleted',
  'lock.created',
  'lock.lifted',
  'lock.lost',
];

export interface StoryReading {
  /** Takes the next record, in the order of the log. */
  add(record: StoredRecord): void;
  /** How many records the story has by now. */
  count(): number;
  story(): Story;
}

/** Reads the story of the grants with these names: `case-4711` in any namespace, or `ecase/case-4711`. */
export function readStory(names: readonly string[]): StoryReading {
  const grants = new Map<string, string>();
  const own: StoredRecord[] = [];
  const surrounding: StoredRecord[] = [];
  let last = 0;
  return {
    add(record) {
      const found = namedIn(record, names);
      if (found !== undefined) {
        if (found.uid !== '') grants.set(found.uid, found.name);
        own.push(record);
        last = surrounding.length;
        return;
      }
      if (around.includes(record.type) && own.length > 0) surrounding.push(record);
    },
    count: () => own.length + surrounding.length,
    // What came after its last record is of another time.
    story: () => ({ grants, ...told(own), around: surrounding.slice(0, last) }),
  };
}

function namedIn({ grant, target }: StoredRecord, names: readonly string[]) {
  const of = grant ?? (target?.kind === 'SupportAccessGrant' ? target : undefined);
  if (of?.name === undefined) return undefined;
  const name = `${of.namespace ?? ''}/${of.name}`;
  return names.includes(of.name) || names.includes(name) ? { uid: of.uid ?? '', name } : undefined;
}

function told(records: readonly StoredRecord[]): Omit<Story, 'grants' | 'around'> {
  const of = (chapter: Chapter): readonly StoredRecord[] =>
    records.filter((record) => chapterOf(record) === chapter);
  const { acts, strays } = pairsIn(of('acts'));
  return {
    consent: of('consent'),
    openings: of('openings'),
    signIns: of('signIns'),
    acts,
    refusals: of('refusals'),
    others: [...of('others'), ...strays],
  };
}

/** The real outcome comes after one that the store gave at a start, and counts. */
function pairsIn(records: readonly StoredRecord[]): {
  readonly acts: readonly Act[];
  readonly strays: readonly StoredRecord[];
} {
  const intents = records.filter(({ phase }) => phase === 'intent');
  const known = new Set(intents.map(({ id }) => id));
  const outcomes = new Map<string, StoredRecord>();
  const strays: StoredRecord[] = [];
  for (const record of records) {
    if (record.phase !== 'outcome') continue;
    if (known.has(record.cause ?? '')) outcomes.set(record.cause ?? '', record);
    else strays.push(record);
  }
  return { acts: intents.map((intent) => ({ intent, outcome: outcomes.get(intent.id) })), strays };
}
