/** What reasons of one family have in common: the rows of `reasons.ts` are made of these, and say what is different. */

/** What holds where a row says nothing else. */
export const usual = {
  customerOnly: false,
  judgedFresh: true,
  closesAs: 'grant.closed',
  failsSignInAs: 'signin.failed',
} as const;

/** The access or its session is over. Signing in is what is left to do, now or when it is open again. */
export const over = { ...usual, status: 401, session: 'ends', refusedAs: 'closed' } as const;
/** No session belongs to the cookie: its object is gone, or is not the one that the cookie was made for. */
export const noSession = {
  ...usual,
  status: 401,
  session: 'absent',
  refusedAs: 'not-signed-in',
  metric: 'session',
} as const;
/** Not this request, or not from here. A new sign-in would be refused the same way, so 401 would lead in a circle. */
export const forbidden = { ...usual, status: 403, session: 'stays' } as const;
/** It is not known whether it may pass. Asking again later may help, and nothing is ended by not knowing. */
export const unknown = { ...usual, status: 503, session: 'stays', refusedAs: 'not-now' } as const;
/** The request passed, and the application's side cannot serve it. */
export const upstream = {
  ...usual,
  status: 502,
  session: 'stays',
  refusedAs: 'not-answered',
  metric: 'service',
} as const;
/** The application answered, and nothing of it is passed on. */
export const notPassedOn = { ...upstream, refusedAs: 'not-maskable' } as const;
/** Nothing was sent, as there is no place to send it to. */
export const notReached = { ...upstream, refusedAs: 'not-reached' } as const;
/** About how a request is written, before anything is asked about its session. */
export const request = { ...usual, session: 'stays', refusedAs: 'malformed', metric: 'request' } as const;

export const ofGrant = { ...over, metric: 'grant' } as const;
export const ofPolicy = { ...over, metric: 'policy', closesAs: 'grant.suspended' } as const;
export const ofSession = { ...over, refusedAs: 'session-over', metric: 'session' } as const;
export const ofPerson = { ...over, refusedAs: 'not-to-you', metric: 'person' } as const;
export const ofMatrix = { ...over, metric: 'matrix' } as const;
export const ofAddress = {
  ...forbidden,
  refusedAs: 'not-from-here',
  metric: 'address',
  failsSignInAs: 'signin.ip_rejected',
} as const;
// 403 and not 404: on an application's host a 404 is the application's own word about that path.
export const ofApplication = {
  ...forbidden,
  refusedAs: 'not-this-application',
  metric: 'application',
} as const;
export const ofRequest = { ...forbidden, refusedAs: 'not-allowed', metric: 'request' } as const;
export const ofSignIn = { ...forbidden, refusedAs: 'not-signed-in-now', metric: 'sign-in' } as const;
/** Only the operator finds it, and only its status tells it: `decide` believes the status that names it. */
export const byOperator = { ...over, judgedFresh: false, metric: 'operator' } as const;
