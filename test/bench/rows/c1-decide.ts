/**
 * C1: may this happen now? Against the two usual libraries for such questions, twice: the whole question, from the
 * objects as they were read to yes or no, and the matrix alone, module and action to yes or no. And what counting it for
 * the metrics costs.
 */
import { createMongoAbility, type MongoAbility, subject } from '@casl/ability';
import { type CachedEnforcer, newCachedEnforcer, newModel, StringAdapter } from 'casbin';
import { decide } from '../../../crds/rules/access.ts';
import { compileMatrix, permits, permitted, type Target } from '../../../crds/rules/matrix/matrix.ts';
import { createMetrics } from '../../../process/metrics.ts';
import { decisionObserver } from '../../../webhook/gateway/assemble.ts';
import { gatewayMetrics } from '../../../webhook/gateway/metrics.ts';
import { anAsk, at, fromAddress, lockedBy, where, withPolicy, withUser } from '../../kit/objects/ask.ts';
import { aGrant, opened } from '../../kit/objects/grant.ts';
import { aMatrix } from '../../kit/objects/matrix.ts';
import { switchedOff } from '../../kit/objects/policy.ts';
import { deactivated } from '../../kit/objects/user.ts';
import { type Batch, type Measured, measurePair } from '../harness.ts';
import { type Row, ratioResult } from '../row.ts';
import { asMatcher, attributesOf, conditionsOf, type WholeAsk } from './c1-attributes.ts';

const matrix = compileMatrix(aMatrix().spec);
const places = permitted(matrix);

export const c1: Row = {
  id: 'c1',
  title: 'Decision in process (CPU, ratio to the peer)',
  async run(progress) {
    const [casl, casbin] = [caslOf({}), await casbinOf({})];
    const conditions = conditionsOf(aGrant(opened()));
    const [caslWhole, casbinWhole] = [caslOf(conditions), await casbinOf(conditions)];

    const asks = someAsks();
    progress(
      `the whole question: ${asks.length} asks, ${asks.filter((ask) => decide(ask).allow).length} allowed`,
    );
    const whole = await compared(asks, {
      ours: (ask) => decide(ask).allow,
      casl: (ask) => caslWhole.can(ask.target.action, subject(placeOf(ask.target), attributesOf(ask))),
      casbin: async (ask) => casbinWhole.enforce(placeOf(ask.target), ask.target.action, attributesOf(ask)),
    });

    const targets = asks.map(({ target }) => target);
    progress(
      `the matrix alone: ${targets.length} targets, ${targets.filter((each) => permits(matrix, each)).length} allowed`,
    );
    const alone = await compared(targets, {
      ours: (target) => permits(matrix, target),
      casl: (target) => casl.can(target.action, placeOf(target)),
      casbin: async (target) => casbin.enforce(placeOf(target), target.action, ''),
    });
    return [
      ratioResult('the whole question, against @casl/ability', 0.5, whole.casl),
      ratioResult('the whole question, against casbin', 0.05, whole.casbin),
      ratioResult('the matrix alone, against @casl/ability', 0.5, alone.casl),
      ratioResult('the matrix alone, against casbin, cached', 0.05, alone.casbin),
      ratioResult('counting it, against deciding it', 1, await counted(asks)),
    ];
  },
};

/** Objections of every sort, each in asks of their own objects, beside twice as many asks without any. */
function someAsks(): WholeAsk[] {
  const objections = [
    lockedBy('all'),
    fromAddress('198.51.100.1'),
    at('2026-12-04T00:00:00Z'),
    at('2026-12-01T12:30:00Z'),
    withPolicy(switchedOff()),
    withUser(deactivated()),
    where({ target: { module: 'Payroll', action: 'Read' } }),
    where({ target: { module: 'Scheduled Jobs', action: 'Delete' } }),
    where({ target: { module: 'Email Log', action: 'Run' } }),
  ];
  const targets = places.flatMap(({ actions, ...place }) => actions.map((action) => ({ ...place, action })));
  const allowed = Array.from({ length: objections.length * 2 }, (_, number) =>
    anAsk(where({ target: targets[number % targets.length] })),
  );
  return [...allowed, ...objections.map((objection) => anAsk(objection))] as WholeAsk[];
}

const placeOf = ({ module, subModule = '' }: Pick<Target, 'module' | 'subModule'>): string =>
  `${module}/${subModule}`;

/** One rule for each allowed action in each place, under conditions. */
function caslOf(conditions: object): MongoAbility {
  return createMongoAbility(
    places.flatMap((place) =>
      place.actions.map((action) => ({
        action,
        subject: placeOf(place),
        ...(Object.keys(conditions).length > 0 && { conditions: { ...conditions } }),
      })),
    ),
  );
}

/** The same as policy lines and one matcher. casbin answers from its cache where a request is texts only. */
async function casbinOf(conditions: Parameters<typeof asMatcher>[0]): Promise<CachedEnforcer> {
  const attributes = Object.keys(conditions).length > 0 ? ` && ${asMatcher(conditions)}` : '';
  const model = newModel(`
[request_definition]
r = obj, act, attributes
[policy_definition]
p = obj, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && r.act == p.act${attributes}`);
  const lines = places.flatMap((place) => place.actions.map((action) => `p, ${placeOf(place)}, ${action}`));
  return newCachedEnforcer(model, new StringAdapter(lines.join('\n')));
}

/** As many reads as a usual decision takes: ten GETs, of policy, grant, user, application, Service, matrix, session, locks. */
const getsOfOne = 10;

/** What a gateway counts of each decision, against the decision without any reading: so it can never matter beside the reads. */
async function counted(asks: readonly WholeAsk[]): Promise<Measured> {
  const { decided, get } = decisionObserver(createMetrics(gatewayMetrics).metrics);
  const ours: Batch = () => {
    for (let round = 0; round < 50; round++) {
      for (const _ of asks) {
        for (let gets = 0; gets < getsOfOne; gets++) get();
        decided(round % 3 === 0 ? 'Locked' : undefined, round);
      }
    }
    return asks.length * 50;
  };
  return measurePair({ ours, peer: asking(asks, (ask) => decide(ask).allow) });
}

interface Sides<Question> {
  readonly ours: (question: Question) => boolean;
  readonly casl: (question: Question) => boolean;
  readonly casbin: (question: Question) => Promise<boolean>;
}

/** Measures after all sides have given the same answer to every question. */
async function compared<Question>(
  questions: readonly Question[],
  { ours, casl, casbin }: Sides<Question>,
): Promise<{ casl: Measured; casbin: Measured }> {
  for (const question of questions) {
    const answers = [ours(question), casl(question), await casbin(question)];
    if (new Set(answers).size > 1) throw new Error(`The sides differ: ${answers.join(', ')}`);
  }
  const mine = asking(questions, ours);
  return {
    casl: await measurePair({ ours: mine, peer: asking(questions, casl) }),
    casbin: await measurePair({ ours: mine, peer: askingLater(questions, casbin) }),
  };
}

function asking<Question>(questions: readonly Question[], answer: (question: Question) => boolean): Batch {
  return () => {
    let allowed = 0;
    for (let round = 0; round < 50; round++) for (const each of questions) if (answer(each)) allowed++;
    return allowed < 0 ? 0 : questions.length * 50;
  };
}

function askingLater<Question>(
  questions: readonly Question[],
  answer: (question: Question) => Promise<boolean>,
): Batch {
  return async () => {
    for (const question of questions) await answer(question);
    return questions.length;
  };
}
