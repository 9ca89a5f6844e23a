/** Shows what the records refuse as restored from a backup, asks, and confirms it to them. */
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { Connection } from '../../trail/connection.ts';
import type { RestoredThing, RestoresResponse } from '../../trail/wire.ts';
import { isConfirmed } from '../changes/dialog.ts';
import { withCluster } from '../cluster/cluster.ts';
import { CannotTell, type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { refusalIn } from './http-source.ts';
import { connectInstallation } from './installation-source.ts';

const deadlineMs = 30_000;

/** `confirm-restore`. */
export async function confirmRestored(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async ({ client }) => {
    const connection = await connectInstallation(client, input, terminal);
    try {
      return await confirmOver(connection, { yes: input.flag('yes'), terminal });
    } finally {
      await connection.close();
    }
  });
}

/** What is confirmed is what was shown: what was found meanwhile is refused by the records, and shown in another call. */
export async function confirmOver(
  connection: Connection,
  { yes, terminal }: { readonly yes: boolean; readonly terminal: Terminal },
): Promise<ExitCode> {
  const restored = await ask(connection, 'GET');
  if (restored.length === 0) {
    await terminal.out(
      'Nothing is refused as restored from a backup. What is not used yet has not been compared.\n',
    );
    return exitCodes.good;
  }
  for (const line of ['Older than what was recorded, as after a restored backup:', ...restored.map(lineOf)])
    terminal.say(escapeUnsafe(line));
  terminal.say(
    'Grants that are enabled open again by themselves once this is confirmed. Sessions that ended stay ended.',
  );
  const question = 'Is all of this meant to be as it is now?';
  if (!(await isConfirmed({ question }, yes, terminal))) return exitCodes.declined;
  const subjects = restored.map(({ subject }) => subject);
  const confirmed = await ask(connection, 'POST', { subjects });
  await terminal.out(`Confirmed, and recorded: ${confirmed.length} of ${restored.length}.\n`);
  return exitCodes.good;
}

function lineOf({ kind, name, uid }: RestoredThing): string {
  return kind === 'SupportAccessLock' ? `  lost: ${kind} ${name} (${uid})` : `  ${kind} ${name} (${uid})`;
}

async function ask(
  connection: Connection,
  method: 'GET' | 'POST',
  body?: object,
): Promise<readonly RestoredThing[]> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await connection.call({
    method,
    path: '/v1/restores',
    signal: AbortSignal.timeout(deadlineMs),
    ...sent,
  });
  if (response.status === 200) return (JSON.parse(response.text) as RestoresResponse).restored;
  if (response.status === 403) throw new CannotTell(noRight);
  if (response.status === 409)
    throw new CannotTell('more was found meanwhile, so nothing was confirmed; run it again to see all of it');
  throw refusalIn(response);
}

const noRight =
  'you must have restore on auditrecords.supportaccess.dev; ask for the ClusterRole support-access-administrator, which gives it';
