/** What a decision says about the connection that its request came on: has it proved a session that lives? */
import { reasons } from '../../../crds/rules/reasons.ts';
import type { Decided } from '../decisions/decision.ts';
import type { Connections } from '../listener/connections.ts';
import type { Exchange } from '../listener/request-gate.ts';

/** Told of every decision about a request with a genuine cookie. */
export type NoteJudged = (exchange: Pick<Exchange, 'request'>, decided: Decided) => void;

/** Notes it where connections are bounded. */
export function noteJudgedIn(connections: Pick<Connections, 'judged'>): NoteJudged {
  return ({ request }, { decision, world }) => {
    const lives = decision.allow || reasons[decision.reason].session === 'stays';
    // A genuine cookie alone proves little: it outlives its session, and whoever took it may try it for ever.
    if (!lives) connections.judged(request, undefined);
    // What could not be read says nothing; while the API server is away, people must not lose their connections.
    else if (world.session !== undefined) connections.judged(request, world.session.metadata.uid);
  };
}
