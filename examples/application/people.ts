/**
 * The application's own people, and those of support among the accounts: support is hidden from the others, owns no job, and
 * uses no license. Where it is not known who they are, no one is offered and nothing is assigned.
 */
import type { Database, Person } from './database.ts';
import type { SupportAccess, SupportPerson } from './support-access.ts';

export interface KnownPeople {
  /** Whom the application shows. */
  readonly shown: readonly Person[];
  /** Who may own a job. */
  readonly assignable: readonly Person[];
  readonly licenses: number;
  readonly support: readonly SupportPerson[];
}

/** Everyone, as the directory tells them apart. Rejects when it does not answer. */
export async function knownPeople(
  database: Pick<Database, 'people'>,
  support: SupportAccess | undefined,
): Promise<KnownPeople> {
  const all = database.people();
  const ofSupport = (await support?.people()) ?? [];
  const asSupport = ({ email }: Person): SupportPerson | undefined =>
    ofSupport.find((one) => [one.nameID, one.email].some((name) => isSame(name, email)));
  return {
    shown: all.filter((person) => asSupport(person)?.hidden !== true),
    assignable: all.filter((person) => asSupport(person)?.assignable ?? true),
    licenses: all.filter((person) => asSupport(person)?.licensed ?? true).length,
    support: ofSupport,
  };
}

function isSame(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
