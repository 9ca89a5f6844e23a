/** Shows what the records refuse as restored from a backup, asks, and confirms it to them. */
import { apiGroup, apiVersion } from '../../crds/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import type { CallResponse, Connection } from '../../trail/connection.ts';
import { detailIn, type RestoredThing, type RestoresResponse } from '../../trail/wire.ts';
import { enabledGrants, namesIn } from '../access/open-now.ts';
import { carryOut } from '../changes/carry-out.ts';
import { CameBetween, type PlannedChange } from '../changes/change.ts';
import { withCluster } from '../cluster/cluster.ts';
import {
  CannotTell,
  type CommandInput,
  type ExitCode,
  ResponseLost,
  type Terminal,
  UsageError,
} from '../command.ts';
import { refusalIn } from './http-source.ts';
import { connectInstallation } from './installation-source.ts';

const deadlineMs = 30_000;

/** `confirm-restore`. */
export async function confirmRestored(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) => {
    const connection = await connectInstallation(cluster.client, input, terminal);
    const enabledOf: EnabledOf = async (uids) => {
      const grants = await enabledGrants(cluster, { grants: ({ metadata }) => uids.has(metadata.uid) });
      return grants === undefined ? undefined : namesIn(grants);
    };
    try {
      return await confirmOver({ connection, enabledOf }, input, terminal);
    } finally {
      await connection.close();
    }
  });
}

/** The names of the grants with these UIDs that are enabled; undefined where the caller may not list grants. */
type EnabledOf = (uids: ReadonlySet<string>) => Promise<string | undefined>;

interface Confirming {
  readonly connection: Connection;
  readonly enabledOf: EnabledOf;
}

/** What is confirmed is what was shown: what was found meanwhile is refused by the records, and shown before it is asked again. */
export async function confirmOver(
  confirming: Confirming,
  input: CommandInput,
  terminal: Terminal,
): Promise<ExitCode> {
  return carryOut(input, terminal, async () => planConfirming(confirming, input.list('only')));
}

async function planConfirming(
  { connection, enabledOf }: Confirming,
  only: readonly string[],
): Promise<PlannedChange> {
  const restored = chosenAmong(await ask(connection, { path: '/v1/restores' }), only);
  const subjects = restored.map(({ subject }) => subject);
  const objects = restored.map(asObject);
  const stillRefused = async (): Promise<boolean> => {
    const refused = await ask(connection, { path: '/v1/restores' });
    return refused.some(({ subject }) => subjects.includes(subject));
  };
  const list = listOf(objects);
  return {
    title: 'Confirm what came back from a backup of the cluster',
    diffOf: 'records',
    before: { refused: restored.map(lineOf) },
    after: { refused: [] },
    words: await wordsOf(restored, enabledOf),
    already:
      restored.length > 0
        ? undefined
        : { says: 'Nothing is refused as restored from a backup', object: list },
    question: 'Is all of this meant to be as it is now?',
    written: `confirmation of ${restored.length === 1 ? '1 thing' : `${restored.length} things`}`,
    write: async ({ dryRun }) => {
      const path = dryRun ? '/v1/restores/check' : '/v1/restores';
      await ask(connection, { path, body: { subjects, ...(only.length === 0 ? {} : { only: true }) } });
      return list;
    },
    stored: async () => ((await stillRefused()) ? undefined : list),
    printed: objects,
    waitsFor: 'until the records refuse none of it any more',
    look: async () => ((await stillRefused()) ? undefined : { asWanted: true, says: saysOf(restored) }),
  };
}

/** Those that `--only` names, each by its UID or as KIND/NAME; without it, all. */
function chosenAmong(refused: readonly RestoredThing[], only: readonly string[]): readonly RestoredThing[] {
  if (only.length === 0 || refused.length === 0) return refused;
  const isNamed = ({ kind, name, uid }: RestoredThing, one: string) =>
    one === uid || one === `${kind}/${name}`;
  const strange = only.find((one) => !refused.some((thing) => isNamed(thing, one)));
  if (strange !== undefined) {
    const [example] = refused.map(({ kind, name }) => `${kind}/${name}`);
    throw new UsageError(
      `--only ${strange.slice(0, 253)} is nothing that is refused as restored; name it by its UID or as KIND/NAME, for example --only ${example}`,
    );
  }
  return refused.filter((thing) => only.some((one) => isNamed(thing, one)));
}

const later =
  'The operator compares all that is there when it begins; what it has not reached yet is found later.';

function saysOf({ length }: readonly RestoredThing[]): string[] {
  if (length === 0) return [`Nothing is refused as restored from a backup. ${later}`];
  return [`Done. Confirmed, and recorded: ${length}. ${later}`];
}

async function wordsOf(restored: readonly RestoredThing[], enabledOf: EnabledOf): Promise<string[]> {
  const uids = restored.filter(({ kind }) => kind === 'SupportAccessGrant').map(({ uid }) => uid);
  return [
    'Each is older than what was recorded, as after a restored backup; a lock that is lost is gone without having been lifted.',
    'Each is taken as it is now: what is enabled opens again by itself, and what a lost lock stopped is stopped no more.',
    ...(uids.length === 0 ? [] : [enabledWords(await enabledOf(new Set(uids)))]),
    'Sessions that ended stay ended.',
  ];
}

function enabledWords(names: string | undefined): string {
  return names === undefined
    ? 'You may not list grants, so it is not said which of them are enabled.'
    : `Enabled grants among them: ${names}.`;
}

function lineOf({ kind, name, uid, known }: RestoredThing): string {
  const lost = kind === 'SupportAccessLock' ? ', lost' : '';
  // Records of an earlier release do not say it.
  return `${kind} ${name} (${uid})${lost}${known === undefined ? '' : `: ${known}`}`;
}

/** As far as the records name it: a lock that was lost cannot be read any more. */
function asObject({ kind, name, uid }: RestoredThing): KubeObject {
  const [namespace, inIt] = name.includes('/') ? name.split('/', 2) : [undefined, name];
  const metadata = { ...(namespace === undefined ? {} : { namespace }), name: inIt, uid };
  return { apiVersion: `${apiGroup}/${apiVersion}`, kind, metadata } as KubeObject;
}

/** What a change that is about several things stores. */
function listOf(items: readonly KubeObject[]): KubeObject {
  return { apiVersion: 'v1', kind: 'List', metadata: {}, items } as unknown as KubeObject;
}

interface Asking {
  readonly path: string;
  readonly body?: object;
}

async function ask(connection: Connection, { path, body }: Asking): Promise<readonly RestoredThing[]> {
  const response = await connection
    .call({
      method: body === undefined ? 'GET' : 'POST',
      path,
      signal: AbortSignal.timeout(deadlineMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    .catch((cause: unknown) => {
      throw new ResponseLost(`the records cannot be reached: ${errorWithCauses(cause)}; run it again`);
    });
  if (response.status === 200) return (JSON.parse(response.text) as RestoresResponse).restored;
  throw failureIn(response);
}

function failureIn(response: CallResponse): Error {
  const { status, text } = response;
  if (status === 403) return new CannotTell(noRight);
  if (status === 409) return new CameBetween(detailIn(text));
  const refused = refusalIn(response);
  return status >= 500 ? new ResponseLost(refused.message) : refused;
}

const noRight =
  'you must have restore on auditrecords.supportaccess.dev; ask for the ClusterRole support-access-administrator, which gives it';
