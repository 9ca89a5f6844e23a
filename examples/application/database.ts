/** The example application's records: jobs, people, an e-mail log and settings in SQLite. It knows nothing of support access. */
import { DatabaseSync } from 'node:sqlite';

export interface Job {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly owner: string;
  readonly runs: number;
}

/** One who has an account in the application. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly email: string;
}

export interface Email {
  readonly id: number;
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
  readonly state: string;
}

export interface Setting {
  readonly name: string;
  readonly value: string;
}

export interface Database {
  jobs(): Job[];
  job(id: number): Job | undefined;
  /** Counts one more run of the job; false when there is no such job. */
  run(id: number): boolean;
  cancel(id: number): boolean;
  people(): Person[];
  /** Makes the person the owner of the job; false when there is no such job or person. */
  assign(id: number, person: number): boolean;
  emails(): Email[];
  settings(): Setting[];
  save(setting: Setting): boolean;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS job (id INTEGER PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL, runs INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS email (id INTEGER PRIMARY KEY, sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS person (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
`;

const seed = `
  INSERT INTO job VALUES
    (1, 'Send notification mail', 'stuck', 'grace.hopper@customer.example', 41),
    (2, 'Index new documents', 'running', 'alan.turing@customer.example', 913),
    (3, 'Nightly retention sweep', 'scheduled', 'ops@customer.example', 365);
  INSERT INTO person VALUES
    (1, 'Grace Hopper', 'grace.hopper@customer.example'),
    (2, 'Alan Turing', 'alan.turing@customer.example'),
    (3, 'Ada of Support', 'ada@vendor.example');
  INSERT INTO email VALUES
    (1, 'ecase@customer.example', 'grace.hopper@customer.example', 'Your request was received', 'queued'),
    (2, 'ecase@customer.example', 'katherine.johnson@agency.example', 'Document 7 of 12 is ready', 'queued'),
    (3, 'ecase@customer.example', 'alan.turing+records@customer.example', 'Deadline in 3 days', 'sent');
  INSERT INTO setting VALUES ('attachmentLimitMB', '25'), ('mailServer', 'smtp.customer.example'), ('sessionMinutes', '20');
`;

/** Opens the database at `path` (`:memory:` for one that is gone afterwards) and fills it when it is new. */
export function openDatabase(path: string): Database {
  const database = new DatabaseSync(path);
  database.exec(schema);
  const { count } = database.prepare('SELECT count(*) AS count FROM job').get() as { count: number };
  if (count === 0) database.exec(seed);
  const rows = <T>(sql: string, ...values: (string | number)[]): T[] =>
    database.prepare(sql).all(...values) as T[];
  const changed = (sql: string, ...values: (string | number)[]): boolean =>
    Number(database.prepare(sql).run(...values).changes) > 0;
  return {
    jobs: () => rows<Job>('SELECT * FROM job ORDER BY id'),
    job: (id) => rows<Job>('SELECT * FROM job WHERE id = ?', id)[0],
    run: (id) => changed("UPDATE job SET runs = runs + 1, state = 'running' WHERE id = ?", id),
    cancel: (id) => changed("UPDATE job SET state = 'cancelled' WHERE id = ?", id),
    people: () => rows<Person>('SELECT * FROM person ORDER BY name'),
    assign: (id, person) =>
      changed(
        'UPDATE job SET owner = (SELECT email FROM person WHERE id = ?1) WHERE id = ?2 AND EXISTS (SELECT 1 FROM person WHERE id = ?1)',
        person,
        id,
      ),
    emails: () => rows<Email>('SELECT * FROM email ORDER BY id'),
    settings: () => rows<Setting>('SELECT * FROM setting ORDER BY name'),
    save: ({ name, value }) => changed('UPDATE setting SET value = ? WHERE name = ?', value, name),
    close: () => database.close(),
  };
}
