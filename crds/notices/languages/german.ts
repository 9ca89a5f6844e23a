/** The notices in German. */
import type { ClockFace, Language } from './language.ts';

const months = 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(
  ' ',
);
const days = 'Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag'.split(' ');
const two = (value: number): string => String(value).padStart(2, '0');

export const german: Language = {
  tag: 'de',
  labels: {
    state: 'Zustand',
    when: 'Wann',
    who: 'Wer es war',
    what: 'Was',
    people: 'Personen des Supports',
    application: 'Anwendung',
    matrix: 'Berechtigungen',
    from: 'Von Adressen',
    until: 'Bis',
    why: 'Grund',
    folded: 'Wie oft',
    record: 'Eintrag',
    installation: 'Installation',
  },
  unexpected: 'Wenn Sie das nicht erwartet haben',
  notGiven: 'nicht angegeben',
  anyAddress: 'jede Adresse, die die Policy erlaubt',
  date: ({ weekday, day, month, year, hour, minute, second, zone }: ClockFace) =>
    `${days[weekday]}, ${day}. ${months[month - 1]} ${year}, ${two(hour)}:${two(minute)}:${two(second)} Uhr ${zone}`,
  who(certainty, name) {
    if (certainty === 'proved')
      return `${name} (bewiesen: der API-Server hat es mit seinem Zertifikat gesagt)`;
    if (certainty === 'claimed') return `${name} (behauptet: es wurde gesagt und ist nicht bewiesen)`;
    if (certainty === 'product') return 'keine Person: es folgte von selbst aus den Regeln';
    return 'unbekannt: nichts sagt sicher, wer es war; vielleicht das Audit-Log Ihres API-Servers';
  },
  folded: (count, last) => `${count}-mal; zuletzt ${last}`,
  footer:
    'Sie erhalten dies, weil die Policy des Supportzugangs Sie nennt. Durch eine Antwort lässt sich nichts öffnen oder schließen.',
  events: {
    AccessEnabled: {
      title: 'Der Supportzugang wurde eingeschaltet',
      state: 'Eingeschaltet: Freigaben können dem Support des Herstellers Zugang öffnen.',
      unexpected:
        'Schalten Sie ihn ab: kubectl support-access policy disable. Klären Sie dann, wer ihn einschalten darf.',
    },
    AccessDisabled: {
      title: 'Der Supportzugang wurde abgeschaltet',
      state:
        'Abgeschaltet: niemand vom Support des Herstellers kommt hinein, was auch immer eine Freigabe sagt.',
      unexpected:
        'Die Arbeit des Herstellers an offenen Fällen steht. Fragen Sie, wer abgeschaltet hat, bevor Sie wieder einschalten.',
    },
    GrantOpened: {
      title: 'Der Supportzugang ist offen',
      state: 'Offen: die Personen unten können sich jetzt anmelden.',
      unexpected:
        'Schließen Sie ihn: kubectl support-access grant disable NAME -n NAMESPACE. Wenn Sie nichts davon trauen: kubectl support-access revoke all.',
    },
    GrantEnded: {
      title: 'Der Supportzugang ist beendet',
      state: 'Geschlossen: niemand kommt durch diese Freigabe hinein, und ihre Sitzungen sind beendet.',
      unexpected:
        'Durch diese Freigabe ist nichts offen. Ist die Arbeit nicht fertig, fragen Sie, wer geschlossen hat und warum.',
    },
    GrantExpiring: {
      title: 'Der Supportzugang endet bald',
      state: 'Offen: er endet von selbst zur Zeit unten.',
      unexpected:
        'Lassen Sie ihn enden, oder schließen Sie ihn jetzt: kubectl support-access grant disable NAME -n NAMESPACE.',
    },
    Locked: {
      title: 'Der Supportzugang wurde durch eine Sperre angehalten',
      state: 'Gesperrt: was die Sperre nennt, steht, bis sie aufgehoben wird.',
      unexpected:
        'Lassen Sie die Sperre, bis Sie den Grund kennen: sie nimmt nur Zugang weg. Fragen Sie, wer sie gesetzt hat.',
    },
    LockLifted: {
      title: 'Eine Sperre des Supportzugangs ist weg',
      state: 'Nicht mehr gesperrt: was die Sperre anhielt, kann durch Freigaben wieder öffnen.',
      unexpected:
        'Halten Sie allen Supportzugang sofort an: kubectl support-access revoke all. Sehen Sie dann nach, wer es war: kubectl support-access records print.',
    },
    UserAdded: {
      title: 'Eine Person des Supports wurde hinzugefügt',
      state: 'Hinzugefügt: diese Person kommt nur dort hinein, wo eine Ihrer Freigaben sie nennt.',
      unexpected:
        'Fragen Sie den Hersteller. Bis dahin sollte keine Freigabe diese Person nennen; sehen Sie nach: kubectl support-access status.',
    },
    AttemptRefused: {
      title: 'Ein Versuch wurde abgelehnt',
      state: 'Abgelehnt: es wurde nichts geändert.',
      unexpected: 'Fragen Sie die Person unten, was sie vorhatte und ob sie es selbst war.',
    },
    CertificateExpiring: {
      title: 'Ein Zertifikat des Supportzugangs endet bald',
      state: 'Noch gültig: es endet zur Zeit unten, und ab dann kann sich niemand mehr anmelden.',
      unexpected: 'Erneuern Sie das Zertifikat vorher; die Conditions der Policy sagen, welches es ist.',
    },
    RecordsFilling: {
      title: 'Das Volume der Aufzeichnungen füllt sich',
      state: 'Es wird noch aufgezeichnet: ist das Volume voll, öffnet sich kein Zugang mehr.',
      unexpected: 'Vergrößern Sie das Volume der Aufzeichnungen; docs/records.md sagt, wie.',
    },
    CaseMail: {
      title: 'Post zu einem Supportfall',
      state: 'Zu diesem Supportfall wurde etwas an seine Kontakte geschrieben.',
      unexpected: 'Fragen Sie den Eigentümer des Falls. Als Kontakt hat man kein Recht, ihn zu lesen.',
    },
  },
};
