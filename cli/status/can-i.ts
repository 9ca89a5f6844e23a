/** Answers whether a person would be let in: by the rules of the gateway, over the world as the caller may read it. */
import type { SupportAccessGrant } from '../../crds/generated/support-access-grant.ts';
import { kinds } from '../../crds/kinds.ts';
import { defaultNamespaces } from '../../crds/names.ts';
import { sessionDeadlines } from '../../crds/rules/checks/session-is-alive.ts';
import { type Cluster, withCluster } from '../cluster/cluster.ts';
import { find, missing } from '../cluster/find.ts';
import { CannotTell, type CommandInput, type ExitCode, exitCodes, type Terminal } from '../command.ts';
import { usualWidth } from '../output/fitted.ts';
import { formatOf, printData } from '../output/print-object.ts';
import { addressAsked, momentAsked, requestAsked } from './asked-access.ts';
import { type AskedAccess, askBy } from './asks.ts';
import { type Asked, judgedData, judgedText } from './can-i-words.ts';
import { type JudgedAccess, judgeAsk } from './judge.ts';
import { locksLack } from './words.ts';
import { type SeenPerson, type SeenWorld, seePerson, seeWorld, withPerson } from './world.ts';

/** `can-i`. */
export async function canI(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const [address, request] = [addressAsked(input), requestAsked(input)];
  const { asked, answer } = await withCluster(input, terminal, async (cluster) => {
    const person = await seePerson(cluster, input.arguments[0] ?? '');
    const grant = await grantAsked(cluster, input, person);
    const world = await withPerson(cluster, await seeWorld(cluster, grant, wishOf(input, request)), person);
    const current = cluster.now();
    const now = momentAsked(input, current, terminal.zone);
    const question = { person, address, now, ...(request === undefined ? {} : { request }) };
    return {
      asked: { world, question, isLater: now > current },
      answer: judgeAccess(world, question, now > current),
    };
  });
  await print(asked, answer, { input, terminal });
  return codes[answer.answer];
}

const codes = { yes: exitCodes.good, no: exitCodes.bad, 'cannot tell': exitCodes.cannotTell } as const;

function wishOf(input: CommandInput, request: unknown) {
  const identitiesNamespace = input.option('identitiesNamespace') ?? defaultNamespaces.identities;
  return { identitiesNamespace, forRequest: request !== undefined };
}

/**
 * The answer: of the sign-in, and where that is no objection, of the request in the session that it would make. What the
 * operator will have opened by a later moment is not known.
 */
export function judgeAccess(world: SeenWorld, question: AskedAccess, isLater = false): JudgedAccess {
  const lacks = locksLack(world);
  const signIn = judgeAsk(askBy(world, 'sign-in', question), lacks);
  const answer =
    signIn.answer === 'no' || question.request === undefined
      ? signIn
      : ofSession(judgeAsk(askBy(world, 'application', question), lacks), { signIn, world, question });
  return isLater ? untold(answer) : answer;
}

interface SignedIn {
  readonly signIn: JudgedAccess;
  readonly world: SeenWorld;
  readonly question: AskedAccess;
}

/** Until when: a session that is used does not end for want of use, but by its own end or when the person could sign in no more. */
function ofSession(answer: JudgedAccess, { signIn, world, question }: SignedIn): JudgedAccess {
  if (answer.answer !== 'yes' || signIn.answer !== 'yes') return answer;
  const { session, policy } = askBy(world, 'application', question);
  const deadlines = session?.object && sessionDeadlines(session.object, policy, question.now);
  return { ...answer, until: Math.min(signIn.until, deadlines?.absolute ?? answer.until) };
}

const byThen = 'what the operator will have opened by then is not known';

function untold(answer: JudgedAccess): JudgedAccess {
  if (answer.answer !== 'no') return answer;
  const findings = answer.findings.map((finding) =>
    finding.says === 'no' && finding.objection.reason === 'NotOpened'
      ? ({ check: finding.check, says: 'unknown', lacks: byThen } as const)
      : finding,
  );
  const rest = findings.find((finding) => finding.says === 'no');
  return rest === undefined
    ? { answer: 'cannot tell', lacks: [byThen], findings }
    : { answer: 'no', objection: rest.objection, findings };
}

/** The grant that is named; else the one that names the person. Names that mean nothing are told with the nearest one. */
async function grantAsked(
  cluster: Cluster,
  input: CommandInput,
  { name, user }: SeenPerson,
): Promise<SupportAccessGrant> {
  const { namespace } = cluster;
  const named = input.option('grant');
  const isNowhere = user.object === undefined && user.lacks === undefined;
  if (named !== undefined) {
    const ref = { namespace, name: named };
    const grant = await find<SupportAccessGrant>(cluster, kinds.SupportAccessGrant, ref);
    if (isNowhere && !names(grant, name))
      throw new CannotTell(await missing(cluster, kinds.SupportUser, { name }));
    return grant;
  }
  const { items } = await cluster.client.list<SupportAccessGrant>(kinds.SupportAccessGrant, { namespace });
  const naming = items.filter((grant) => names(grant, name));
  const [only, ...others] = naming;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined && isNowhere)
    throw new CannotTell(await missing(cluster, kinds.SupportUser, { name }));
  const known = naming.map(({ metadata }) => metadata.name).join(', ');
  throw new CannotTell(
    only === undefined
      ? `no grant in namespace ${namespace} names ${name}; name another namespace with -n, or a grant with --grant`
      : `these grants in namespace ${namespace} name ${name}: ${known}; say which: --grant ${only.metadata.name}`,
  );
}

const names = ({ spec }: SupportAccessGrant, person: string): boolean =>
  spec.userRefs.some((each) => each.name === person);

async function print(
  asked: Asked,
  answer: JudgedAccess,
  { input, terminal }: { readonly input: CommandInput; readonly terminal: Terminal },
): Promise<void> {
  const format = formatOf(input);
  if (format === 'json' || format === 'yaml') {
    await printData(judgedData(asked, answer), format, terminal);
    return;
  }
  const text = judgedText(asked, answer, { width: terminal.columns ?? usualWidth, zone: terminal.zone });
  await terminal.out(text);
}
