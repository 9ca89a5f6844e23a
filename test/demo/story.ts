/**
 * The main job, played once on the real parts: sign in, look, be refused, be cut off by a lock, expire, and read the
 * trail. Every act checks what it tells; a demo that only says so would prove nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../kit/clock/eventually.ts';
import { type ExampleInstallation, people } from '../kit/installation/example-installation.ts';
import type { Narrator } from '../kit/installation/narrator.ts';
import { aPerson, type OpenStream, type Page, type Person } from '../kit/people/http-person.ts';
import { headOf, recordsFile, verifyRecords } from '../kit/records/trail-reading.ts';

export interface Figures {
  /** Milliseconds from the lock's acknowledgement to the first refused request. */
  readonly refusedAfter: number;
  /** Milliseconds from the lock's acknowledgement to the stream's last byte; 0 when none came after it. */
  readonly lastByteAfter: number;
  /** Requests that began after the acknowledgement and were let through. */
  readonly acceptedAfter: number;
  /** Requests sent while the lock was being created. */
  readonly sent: number;
}

interface Play {
  readonly installation: ExampleInstallation;
  readonly narrator: Narrator;
  readonly ada: Person;
}

const adaCredentials = people[0];

/** Plays all acts; throws at the first that does not go as told. */
export async function playStory(installation: ExampleInstallation, narrator: Narrator): Promise<Figures> {
  const ada = aPerson({ ca: installation.product.ca });
  const play: Play = { installation, narrator, ada };
  try {
    await signIn(play);
    await lookAround(play);
    await beRefused(play);
    const figures = await beLockedOut(play);
    const head = await keepHead(play);
    await liftLock(play);
    await expire(play);
    await readTrail(play, head);
    return figures;
  } finally {
    ada.leave();
  }
}

/** Stops the play when something is not as it should be. */
function must(holds: boolean, what: string, page?: Page): asserts holds {
  if (!holds) throw new Error(`${what}${page ? ` (${page.url.href} answered ${page.status})` : ''}`);
}

async function signIn({ installation, narrator, ada }: Play): Promise<void> {
  narrator.say(
    `Ada, a support engineer of the vendor, opens the grant's sign-in address and signs in at her own identity provider.`,
  );
  narrator.show(installation.signInUrl);
  const home = await ada.signIn(installation.signInUrl, adaCredentials);
  must(home.status === 200, 'Ada could not sign in', home);
  const whoami = await ada.visit(`${installation.origin}/support-access/whoami`, {
    headers: { accept: 'application/json' },
  });
  must(whoami.status === 200, 'Ada is not known after signing in', whoami);
  narrator.show(whoami.body);
}

async function lookAround({ installation, narrator, ada }: Play): Promise<void> {
  narrator.say(
    'She looks at the e-mail log of the customer’s application, through the gateway. Addresses are masked on the way.',
  );
  const page = await ada.visit(`${installation.applicationOrigin}/email-log.txt`);
  must(page.status === 200, 'the e-mail log did not open', page);
  must(!/@customer\.example|@agency\.example/.test(page.body), 'an e-mail address was not masked', page);
  narrator.show(page.body);
}

async function beRefused({ installation, narrator, ada }: Play): Promise<void> {
  narrator.say('She tries to run a job. The matrix lets her look at jobs and nothing more.');
  const before = installation.application.seen.length;
  const answer = await ada.visit(`${installation.applicationOrigin}/api/jobs/1/run`, {
    method: 'POST',
    headers: json(installation.applicationOrigin),
    body: '',
  });
  must(answer.status === 403, 'an action outside the matrix was not refused', answer);
  must(installation.application.seen.length === before, 'the application saw a request that was refused');
  narrator.show(`${answer.status} ${answer.body}`);

  narrator.say('A stranger tries to sign in from 127.0.0.9, which is not on the grant’s list.');
  const stranger = aPerson({ ca: installation.product.ca, from: '127.0.0.9' });
  const page = await stranger.visit(installation.signInUrl, { headers: { accept: 'application/json' } });
  stranger.leave();
  must(page.status === 403, 'an address outside the list was not refused', page);
  narrator.show(`${page.status} ${page.body}`);
}

const json = (origin: string): Record<string, string> => ({
  accept: 'application/json',
  origin,
  'sec-fetch-site': 'same-origin',
});

async function beLockedOut({ installation, narrator, ada }: Play): Promise<Figures> {
  narrator.say(
    'Ada follows the job events as a stream. Then the administrator creates a lock, while Ada’s requests keep coming.',
  );
  const stream = await ada.open(`${installation.applicationOrigin}/api/events`);
  must(stream.status === 200, 'the stream did not open');
  await eventually(() => must(stream.text().includes('still working'), 'the stream is silent'));
  const { stdout } = await installation.controlPlane.kubectl([
    'get',
    '-n',
    'ecase',
    'sag',
    'case-4711',
    '-o',
    'jsonpath={.metadata.uid}',
  ]);
  const race = raceRequests(installation, ada);
  const lock = JSON.stringify({
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportAccessLock',
    metadata: { name: `grant.${stdout}` },
    spec: { reason: 'Something looks wrong; we want to look first' },
  });
  await installation.kubectl(['create', '-f', '-'], lock);
  const acknowledgedAt = performance.now();
  await stream.ended;
  await race.finish();
  const figures = figuresOf({ race, stream, acknowledgedAt });
  must(figures.acceptedAfter === 0, `${figures.acceptedAfter} requests were let through after the lock`);
  narrator.show(
    [
      `requests sent around the lock: ${figures.sent}; let through after it was acknowledged: ${figures.acceptedAfter}`,
      `next request refused ${figures.refusedAfter.toFixed(0)} ms after the acknowledgement`,
      `last byte on the open stream ${figures.lastByteAfter.toFixed(0)} ms after it`,
    ].join('\n'),
  );
  must(figures.lastByteAfter <= 1000, 'the stream outlived the lock by more than a second');
  return figures;
}

interface Try {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly allowed: boolean;
}

interface Race {
  readonly tries: readonly Try[];
  finish(): Promise<void>;
}

/** Four loops of requests without a pause, each stopped a moment after its first refusal. */
function raceRequests(installation: ExampleInstallation, person: Person): Race {
  const tries: Try[] = [];
  let refusals = 0;
  const deadline = performance.now() + 30_000;
  const loop = async (): Promise<void> => {
    while (refusals < 40 && performance.now() < deadline) {
      const startedAt = performance.now();
      const allowed = await letThrough(installation, person);
      tries.push({ startedAt, endedAt: performance.now(), allowed });
      if (!allowed) refusals += 1;
    }
  };
  const loops = Promise.all([loop(), loop(), loop(), loop()]);
  return {
    tries,
    finish: async () => {
      await loops;
    },
  };
}

/** Whether one request was answered; one that was cut off on the way was not. */
async function letThrough(installation: ExampleInstallation, person: Person): Promise<boolean> {
  try {
    const page = await person.visit(`${installation.applicationOrigin}/api/jobs`, {
      headers: { accept: 'application/json' },
      stay: true,
    });
    return page.status === 200;
  } catch {
    return false;
  }
}

function figuresOf({
  race,
  stream,
  acknowledgedAt,
}: {
  race: Race;
  stream: OpenStream;
  acknowledgedAt: number;
}): Figures {
  const after = race.tries.filter((one) => one.startedAt >= acknowledgedAt);
  const refusedAt = race.tries.filter((one) => !one.allowed).map((one) => one.endedAt);
  return {
    sent: race.tries.length,
    acceptedAfter: after.filter((one) => one.allowed).length,
    refusedAfter: Math.max(0, Math.min(...refusedAt) - acknowledgedAt),
    lastByteAfter: Math.max(0, stream.lastByteAt() - acknowledgedAt),
  };
}

async function liftLock({ installation, narrator }: Play): Promise<void> {
  narrator.say('Lifting a lock takes two writes: the reason, which is recorded, and then the deletion.');
  const { stdout } = await installation.controlPlane.kubectl(['get', 'salock', '-o', 'name']);
  const name = stdout.trim();
  await installation.kubectl(['annotate', name, 'supportaccess.dev/unlock-reason=It was a false alarm']);
  await installation.kubectl(['delete', name]);
  await installation.kubectl([
    'wait',
    '-n',
    'ecase',
    'sag/case-4711',
    '--for=condition=Active',
    '--timeout=60s',
  ]);
}

async function expire({ installation, narrator, ada }: Play): Promise<void> {
  const seconds = 12;
  narrator.say(
    `A second grant lasts ${seconds} seconds. Ada signs in under it and works; then it expires by itself.`,
  );
  const expirationTime = new Date(Date.now() + seconds * 1000);
  const grant = await installation.example('grant.yaml', (manifest) => {
    manifest.metadata.name = 'case-4712';
    manifest.spec.expirationTime = expirationTime.toISOString();
  });
  await installation.kubectl(['apply', '-f', '-'], grant);
  await installation.kubectl([
    'wait',
    '-n',
    'ecase',
    'sag/case-4712',
    '--for=condition=Active',
    '--timeout=10s',
  ]);
  ada.cookies.forgetAll();
  const home = await ada.signIn(installation.signInUrl.replace('case-4711', 'case-4712'), adaCredentials);
  must(home.status === 200, 'Ada could not sign in under the second grant', home);
  const look = (): Promise<Page> =>
    ada.visit(`${installation.applicationOrigin}/api/jobs`, { headers: { accept: 'application/json' } });
  const enter = await ada.visit(`${installation.applicationOrigin}/`);
  must(enter.status === 200, 'the application did not open under the second grant', enter);
  const before = await look();
  must(before.status === 200, 'the second grant did not open', before);
  await delay(Math.max(0, expirationTime.getTime() - Date.now()));
  const after = await look();
  must(after.status !== 200, 'an expired grant let a request through', after);
  narrator.show(
    `before ${expirationTime.toISOString()}: ${before.status}; after it: ${after.status} ${after.body}`,
  );
  await installation.kubectl([
    'wait',
    '-n',
    'ecase',
    'sag/case-4712',
    '--for=condition=Active=false',
    '--timeout=30s',
  ]);
  await installation.kubectl(['get', '-n', 'ecase', 'sag']);
}

async function keepHead({ installation, narrator }: Play): Promise<string> {
  narrator.say(
    'The administrator keeps the head of the records elsewhere: what is on record so far cannot be changed unnoticed any more.',
  );
  return headOf(installation);
}

async function readTrail({ installation, narrator }: Play, head: string): Promise<void> {
  narrator.say('All of this is on record, each record with the hash of the one before.');
  await installation.kubectl(['support-access', 'records', 'print', '--file', recordsFile(installation)]);
  await verifyRecords(installation, head);
}
