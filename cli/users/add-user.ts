/** Adds a person of the vendor's support. */
import type { SupportUser } from '../../crds/generated/support-user.ts';
import { apiGroup, apiVersion, kinds } from '../../crds/kinds.ts';
import { problemLine } from '../../crds/rules/problem.ts';
import { problemsOf } from '../../crds/rules/problems/index.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { enabledGrants, isLookedAt } from '../access/open-now.ts';
import { openedWords } from '../access/seen-data.ts';
import { carryOut } from '../changes/carry-out.ts';
import type { InForce, PlannedChange } from '../changes/change.ts';
import { leftAs } from '../changes/lost-response.ts';
import { type Cluster, fieldManager, withCluster } from '../cluster/cluster.ts';
import { findOrNothing } from '../cluster/find.ts';
import { type CommandInput, type ExitCode, Refused, type Terminal, UsageError } from '../command.ts';

/** `user add`. */
export async function addUser(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  return withCluster(input, terminal, async (cluster) =>
    carryOut(input, terminal, async () => planAdding(cluster, input)),
  );
}

async function planAdding(cluster: Cluster, input: CommandInput): Promise<PlannedChange> {
  const name = input.arguments[0] ?? '';
  const spec = specOf(input);
  const user: SupportUser = {
    apiVersion: `${apiGroup}/${apiVersion}`,
    kind: 'SupportUser',
    metadata: { name } as SupportUser['metadata'],
    spec,
  };
  const problems = problemsOf(user).map(problemLine);
  if (problems.length > 0) throw new Refused(['refused:', ...problems.map((line) => `  ${line}`)].join('\n'));
  if ((await findOrNothing(cluster, kinds.SupportUser, { name })) !== undefined) {
    throw new Refused(
      `refused: there is a SupportUser ${name} already, and who a person is can never be changed; choose another name`,
    );
  }
  const grants = (grant: { readonly spec: { readonly userRefs: readonly { readonly name: string }[] } }) =>
    grant.spec.userRefs.some((each) => each.name === name);
  const opened = await openedWords(cluster, {
    grants: await enabledGrants(cluster, { grants }),
    which: 'Enabled grants name this person already, and may open by it',
    none: 'Nothing opens by it: no enabled grant names this person yet.',
    unlisted: 'You may not list grants: those that name this person already may open by it.',
  });
  return {
    title: `Create SupportUser ${name}`,
    before: undefined,
    after: spec,
    words: [`${spec.displayName} signs in as ${spec.nameID} at the vendor's identity provider.`, ...opened],
    question: 'Add this person?',
    written: `SupportUser ${name} created`,
    write: async ({ dryRun }) =>
      cluster.client.create(kinds.SupportUser, user, { fieldManager, strict: true, dryRun }),
    stored: async () => leftAs(cluster, { resource: kinds.SupportUser, ref: { name } }, { spec }),
    waitsFor: 'until the operator has seen the person',
    look: async (stored) => lookSeen(cluster, stored),
  };
}

async function lookSeen(cluster: Cluster, stored: KubeObject): Promise<InForce | undefined> {
  const { name } = stored.metadata;
  const user = await cluster.client.get<SupportUser>(kinds.SupportUser, { name });
  if (!isLookedAt(user.status, stored)) return undefined;
  return { asWanted: true, says: [`Done. SupportUser ${name} may be named by grants.`] };
}

function specOf(input: CommandInput): SupportUser['spec'] {
  const [displayName, userId, nameID, email] = ['displayName', 'userId', 'nameId', 'email'].map((each) =>
    input.option(each),
  );
  if (displayName === undefined || userId === undefined || nameID === undefined) {
    throw new UsageError(
      'it must be said who it is: --display-name "Ada Lovelace" --user-id s-0042 --name-id ada@vendor.example',
    );
  }
  const supportRoles = [...input.list('supportRole')];
  const attributes = input.list('attribute').map(attributeOf);
  return {
    access: 'Enabled',
    displayName,
    userId,
    nameID,
    ...(email === undefined ? {} : { email }),
    ...(supportRoles.length === 0 ? {} : { supportRoles }),
    ...(attributes.length === 0 ? {} : { attributes }),
  };
}

function attributeOf(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--attribute must be name=value, not "${text.slice(0, 60)}"`);
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}
