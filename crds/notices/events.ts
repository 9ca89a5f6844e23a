/** THE list of notices: what the customer's people can be told. Telling something new is a line here and its texts. */

import type { EventType } from '../audit/events.ts';

/** What a notice is about; it decides which of an object is told. */
export type NoticeSubject = 'installation' | 'grant' | 'lock' | 'user' | 'attempt' | 'case';

interface NoticeRule {
  readonly about: NoticeSubject;
  /** The records that it follows from; none where other parts of the product ask for it. */
  readonly records: readonly EventType[];
}

export const noticeEvents = {
  AccessEnabled: { about: 'installation', records: ['policy.enabled'] },
  AccessDisabled: { about: 'installation', records: ['policy.disabled', 'policy.deleted'] },
  GrantOpened: { about: 'grant', records: ['grant.activated'] },
  GrantEnded: {
    about: 'grant',
    records: ['grant.expired', 'grant.revoked', 'grant.suspended', 'grant.closed'],
  },
  GrantExpiring: { about: 'grant', records: ['grant.expiring'] },
  Locked: { about: 'lock', records: ['lock.created'] },
  LockLifted: { about: 'lock', records: ['lock.lifted', 'lock.lost'] },
  UserAdded: { about: 'user', records: ['user.provisioned'] },
  AttemptRefused: { about: 'attempt', records: ['admission.rejected'] },
  CertificateExpiring: { about: 'installation', records: ['certificate.expiring'] },
  RecordsFilling: { about: 'installation', records: ['audit.filling'] },
  CaseMail: { about: 'case', records: [] },
} as const satisfies Readonly<Record<string, NoticeRule>>;

export type NoticeEvent = keyof typeof noticeEvents;

/** All of them, as people name them. */
export const noticeEventNames = Object.keys(noticeEvents) as readonly NoticeEvent[];

/** Whether a word names a notice. */
export function isNoticeEvent(word: string): word is NoticeEvent {
  return Object.hasOwn(noticeEvents, word);
}

const byRecord = new Map<EventType, NoticeEvent>(
  noticeEventNames.flatMap((event) => noticeEvents[event].records.map((type) => [type, event] as const)),
);

/** The types of records that notices follow from. */
export const toldTypes: readonly EventType[] = [...byRecord.keys()];

/** The notice that a record of this type leads to. */
export function noticeOn(type: EventType): NoticeEvent | undefined {
  return byRecord.get(type);
}
