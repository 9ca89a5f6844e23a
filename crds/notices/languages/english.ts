/** The notices in English. */
import type { ClockFace, Language } from './language.ts';

const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const two = (value: number): string => String(value).padStart(2, '0');

const lockAll =
  'Stop all support access at once with: kubectl support-access revoke all. Then ask who did it: kubectl support-access records print.';

export const english: Language = {
  tag: 'en',
  labels: {
    state: 'State',
    when: 'When',
    who: 'Who did it',
    what: 'What',
    people: 'Support people',
    application: 'Application',
    matrix: 'Permissions',
    from: 'From addresses',
    until: 'Until',
    why: 'Reason',
    folded: 'How often',
    record: 'Record',
    installation: 'Installation',
  },
  unexpected: 'If you did not expect this',
  notGiven: 'not given',
  anyAddress: 'any address that the policy allows',
  date: ({ weekday, day, month, year, hour, minute, second, zone }: ClockFace) =>
    `${days[weekday]}, ${day} ${months[month - 1]} ${year}, ${two(hour)}:${two(minute)}:${two(second)} ${zone}`,
  who(certainty, name) {
    if (certainty === 'proved') return `${name} (proved: the API server said so by its certificate)`;
    if (certainty === 'claimed') return `${name} (claimed: it was said, and is not proved)`;
    if (certainty === 'product') return 'no person: it followed from the rules, by itself';
    return 'unknown: nothing says for certain who it was; the audit log of your API server may';
  },
  folded: (count, last) => `${count} times; the last one was ${last}`,
  footer:
    'You get this since the policy of support access names you. No one can open or close anything by answering it.',
  events: {
    AccessEnabled: {
      title: 'Support access was switched on',
      state: 'Enabled: grants may open access for the support of the vendor.',
      unexpected:
        'Switch it off with: kubectl support-access policy disable. Then find out who has the right to switch it on.',
    },
    AccessDisabled: {
      title: 'Support access was switched off',
      state: 'Disabled: no one of the support of the vendor gets in, whatever a grant says.',
      unexpected:
        'Work of the vendor on open cases has stopped. Ask who switched it off before you switch it on again.',
    },
    GrantOpened: {
      title: 'Support access is open',
      state: 'Open: the people below may sign in now.',
      unexpected:
        'Close it with: kubectl support-access grant disable NAME -n NAMESPACE. Where you trust nothing of it: kubectl support-access revoke all.',
    },
    GrantEnded: {
      title: 'Support access has ended',
      state: 'Closed: no one gets in by this grant, and sessions under it have ended.',
      unexpected: 'Nothing is open by this grant. If the work is not done, ask who closed it and why.',
    },
    GrantExpiring: {
      title: 'Support access will end soon',
      state: 'Open: it ends by itself at the time below.',
      unexpected: 'Let it end, or close it now with: kubectl support-access grant disable NAME -n NAMESPACE.',
    },
    Locked: {
      title: 'Support access was stopped by a lock',
      state: 'Locked: what the lock names is stopped until the lock is lifted.',
      unexpected:
        'Leave the lock where it is until you know why: it only takes access away. Ask who made it.',
    },
    LockLifted: {
      title: 'A lock of support access is gone',
      state: 'Not locked any more: what the lock stopped may open again by its grants.',
      unexpected: lockAll,
    },
    UserAdded: {
      title: 'A support person was added',
      state: 'Added: this person gets in only where one of your grants names them.',
      unexpected:
        'Ask the vendor. Until then no grant should name this person; look with: kubectl support-access status.',
    },
    AttemptRefused: {
      title: 'An attempt was refused',
      state: 'Refused: nothing was changed by it.',
      unexpected: 'Ask the person below what they meant to do, and whether it was they who did it.',
    },
    CertificateExpiring: {
      title: 'A certificate of support access ends soon',
      state: 'Still valid: it ends at the time below, and people cannot sign in from then on.',
      unexpected: 'Renew the certificate before then; the conditions of the policy say which one it is.',
    },
    RecordsFilling: {
      title: 'The volume of the records is filling up',
      state: 'Still recording: when the volume is full, no access opens any more.',
      unexpected: 'Enlarge the volume of the records; docs/records.md says how.',
    },
    CaseMail: {
      title: 'Mail of a support case',
      state: 'Something of this support case was written to its contacts.',
      unexpected: 'Ask the owner of the case. Being a contact gives no right to read it.',
    },
  },
};
