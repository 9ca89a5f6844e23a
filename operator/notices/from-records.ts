/** Which notices follow from the records that came since the last look? Pure: the same records give the same notices. */
import type { EventType } from '../../crds/audit/events.ts';
import type { StoredRecord } from '../../crds/audit/record.ts';
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { type NoticeEvent, noticeEvents, noticeOn, toldTypes } from '../../crds/notices/events.ts';
import type { Notice, NoticeActor } from '../../crds/notices/notice.ts';
import { toldOfGrant } from '../../crds/notices/told.ts';
import { redactedText } from '../../process/redaction.ts';

/** Writes of objects: they say that a person wrote something, where the record of what followed does not name them. */
const writeTypes: readonly EventType[] = ['policy.changed', 'grant.created', 'grant.changed'];

/** The types of records that are read for notices. */
export const readTypes: readonly EventType[] = [...toldTypes, ...writeTypes];

/** What is known besides the records. */
export interface NoticeWorld {
  readonly installation: Notice['installation'];
  readonly grant: (namespace: string, name: string) => SupportAccessGrant | undefined;
}

/** The notices, in the order of the records. A line that is no record tells nothing. */
export function noticesFrom(lines: readonly string[], world: NoticeWorld): readonly Notice[] {
  const records = lines.map((line) => JSON.parse(line) as StoredRecord);
  const written = new Set(records.filter(({ type }) => writeTypes.includes(type)).map(subjectUid));
  return records.flatMap((record) => {
    const event = noticeOn(record.type);
    return event === undefined ? [] : [noticeOf(event, record, { world, written })];
  });
}

function subjectUid({ grant, target }: StoredRecord): string | undefined {
  return grant?.uid ?? target?.uid;
}

interface Reading {
  readonly world: NoticeWorld;
  /** UIDs of objects of which a write is told beside. */
  readonly written: ReadonlySet<string | undefined>;
}

function noticeOf(event: NoticeEvent, record: StoredRecord, { world, written }: Reading): Notice {
  const why = [record.decision?.reason, record.message].filter((text) => text !== undefined).join(': ');
  const found = record.grant && world.grant(record.grant.namespace, record.grant.name);
  // Another grant of the same name is not the one that the record is about.
  const own = found?.metadata.uid === record.grant?.uid ? found : undefined;
  const told = own === undefined ? {} : toldOfGrant(own);
  const what = whatOf(record);
  return {
    event,
    at: Date.parse(record.time),
    who: actorOf(event, record, written.has(subjectUid(record))),
    installation: world.installation,
    ...told,
    ...(what === undefined ? {} : { what }),
    ...(event === 'GrantOpened' ? reasonOf(own) : { why: why === '' ? undefined : redactedText(why) }),
    record: record.id,
  };
}

/** An opening has the reason of who gave it; what the product says of it stands in its own lines. */
function reasonOf(grant: SupportAccessGrant | undefined): Pick<Notice, 'why'> {
  const reason = grant?.spec.reason;
  return { why: reason === undefined ? undefined : redactedText(reason) };
}

function whatOf({ grant, target }: StoredRecord): Notice['what'] | undefined {
  if (grant !== undefined)
    return { kind: 'SupportAccessGrant', namespace: grant.namespace, name: grant.name };
  if (target?.kind === undefined || target.name === undefined) return undefined;
  return { kind: target.kind, namespace: target.namespace, name: target.name };
}

/** A switch that was turned was turned by a person, known or not; what a grant does may follow from the clock alone. */
function actorOf(event: NoticeEvent, record: StoredRecord, isWritten: boolean): NoticeActor {
  const { requester, actor } = record;
  if (requester?.certainty !== undefined)
    return { certainty: requester.certainty, ...named(requester.username) };
  if (event === 'AttemptRefused') return { certainty: 'claimed', username: actor.name };
  const isOwn = ['GrantExpiring', 'CertificateExpiring', 'RecordsFilling'].includes(event);
  const byItself = isOwn || (noticeEvents[event].about === 'grant' && !isWritten);
  return { certainty: byItself ? 'product' : 'unknown' };
}

function named(username: string | undefined): Pick<NoticeActor & { username?: string }, 'username'> {
  return username === undefined ? {} : { username };
}
