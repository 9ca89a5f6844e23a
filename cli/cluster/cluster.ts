/** The cluster that a call is about, reached as the caller: with their kubeconfig, their rights, and kubectl's options. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { escapeUnsafe } from '../../crds/audit/clean-text.ts';
import type { KubeClient } from '../../kube/api/client.ts';
import { createKubeClient } from '../../kube/api/create-client.ts';
import type { KubeConfigSource } from '../../kube/http/credentials.ts';
import type { Impersonation } from '../../kube/http/impersonation.ts';
import { onceEach } from '../../kube/http/warnings.ts';
import { errorWithCauses } from '../../process/redaction.ts';
import { CannotTell, type CommandInput, type Terminal, UsageError } from '../command.ts';
import { durationMs } from '../frame-options.ts';
import { inWords } from './failures.ts';

/** What commands ask of a cluster. */
export interface Cluster {
  readonly client: KubeClient;
  /** The namespace of the call: `-n`, else the context's or, in a pod, the pod's, else `default`. */
  readonly namespace: string;
  /** Now, epoch milliseconds, by the cluster's clock: to half a second once the API server has answered. */
  now(): number;
}

/** The name under which our writes are told apart in `metadata.managedFields`. */
export const fieldManager = 'kubectl-support_access';

/** Runs `use` with the cluster of the call. Failures of calls become sentences that say what to do. */
export async function withCluster<T>(
  input: CommandInput,
  terminal: Terminal,
  use: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const client = await connected(input, terminal);
  try {
    return await use({
      client,
      namespace: input.option('namespace') ?? client.namespace ?? 'default',
      now: () => clusterTime(client, terminal),
    });
  } catch (error) {
    throw await inWords(error, client);
  } finally {
    // A call that no one waits for any more must not keep the process.
    void client.abandon().catch(() => undefined);
  }
}

async function connected(input: CommandInput, terminal: Terminal): Promise<KubeClient> {
  const source = sourceOf(input, terminal);
  const timeout = input.option('requestTimeout');
  const ms = timeout === undefined ? undefined : durationMs(timeout, '--request-timeout');
  const deadlineMs = ms === 0 ? longestMs : ms;
  try {
    return await createKubeClient(source, {
      userAgent: fieldManager,
      deadlineMs,
      onWarning: onceEach((text) => terminal.say(`${warning(terminal)} ${escapeUnsafe(text)}`)),
    });
  } catch (error) {
    throw new CannotTell(`no cluster can be asked: ${errorWithCauses(error)}`);
  }
}

const warning = ({ colours }: Terminal): string => (colours ? '\u001b[33;1mWarning:\u001b[0m' : 'Warning:');

/** What kubectl's `0` stands for: longer than any call. */
const longestMs = 24 * 3_600_000;

/**
 * Whether it is the account of the pod that the plugin runs in, as for kubectl: where the call names no other and there is no
 * kubeconfig. A context that is named is that context, in a pod as well. Whom that account asks to be taken for is another question.
 */
function isOfPod(input: CommandInput, environment: Terminal['environment']): boolean {
  const names = ['kubeconfig', 'context', 'cluster', 'user', 'server'];
  if (!environment['KUBERNETES_SERVICE_HOST'] || environment['KUBECONFIG']) return false;
  if (names.some((name) => input.option(name) !== undefined)) return false;
  return !existsSync(join(environment['HOME'] ?? homedir(), '.kube', 'config'));
}

function sourceOf(input: CommandInput, { environment, unattended, progress }: Terminal): KubeConfigSource {
  const impersonate = impersonationIn(input);
  if (isOfPod(input, environment)) return { inCluster: true, impersonate };
  return {
    kubeconfigPath: input.option('kubeconfig'),
    context: input.option('context'),
    cluster: input.option('cluster'),
    user: input.option('user'),
    server: input.option('server'),
    impersonate,
    unattended,
    whileAtTerminal: progress?.pausing,
  };
}

function impersonationIn(input: CommandInput): Impersonation | undefined {
  const user = input.option('as');
  const groups = input.list('asGroup');
  if (user === undefined && (groups.length > 0 || input.option('asUid') !== undefined))
    throw new UsageError('--as-group and --as-uid need --as; add it, for example --as grace');
  return user === undefined ? undefined : { user, groups, uid: input.option('asUid') };
}

const worthTellingMs = 60_000;

const told = new WeakSet<KubeClient>();

function clusterTime(client: KubeClient, terminal: Terminal): number {
  const offset = client.clockOffsetMs() ?? 0;
  if (Math.abs(offset) > worthTellingMs && !told.has(client)) {
    told.add(client);
    const minutes = Math.round(Math.abs(offset) / 60_000);
    const direction = offset > 0 ? 'behind' : 'ahead of';
    terminal.say(
      `Your clock is ${minutes} min ${direction} the cluster's. Times are counted by the cluster's clock.`,
    );
  }
  return terminal.now() + offset;
}
