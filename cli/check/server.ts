/** Whether the API server is one that the product can work with: its version, its APIs of admission, its clock. */
import { type Finding, failed, type InstallationCheck, ok, toDo } from './finding.ts';

/** Which versions of Kubernetes the product is made and tested for; the chart asks for the oldest that its rules work on. */
const oldestThatWorks = 31;
const oldestTested = 35;
const newestTested = 37;

export const serverVersion: InstallationCheck = {
  what: 'Kubernetes',
  async look({ client }) {
    const { status, body } = await client.raw('GET', '/version');
    if (status !== 200)
      return failed(`the API server does not tell its version, it responds with ${status}: try again`);
    return judgeVersion(JSON.parse(body) as { gitVersion?: string });
  },
};

/** Vendors write more behind it, as in `v1.37.1-eks-5678`. */
export function judgeVersion({ gitVersion = '' }: { readonly gitVersion?: string }): Finding {
  const minor = Number(/^v1\.(\d{1,4})\./.exec(gitVersion)?.[1] ?? Number.NaN);
  const tested = `tested are 1.${oldestTested} to 1.${newestTested}`;
  if (Number.isNaN(minor)) return toDo(`"${gitVersion.slice(0, 40)}" is no version that is known; ${tested}`);
  const way = `take a cluster of 1.${oldestTested} or newer; ${tested}`;
  if (minor < oldestThatWorks) return failed(`the rules of the kinds cannot work on ${gitVersion}: ${way}`);
  if (minor < oldestTested) return toDo(`${gitVersion} is older than what is tested: ${way}`);
  return ok(minor > newestTested ? `${gitVersion}, newer than what is tested; ${tested}` : gitVersion);
}

const needed = [
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
];

export const admissionApi: InstallationCheck = {
  what: 'admission API',
  async look({ client }) {
    const { status, body } = await client.raw('GET', '/apis/admissionregistration.k8s.io/v1');
    if (status !== 200)
      return failed(`admissionregistration.k8s.io/v1 is not served: upgrade the cluster (${status})`);
    const { resources = [] } = JSON.parse(body) as { resources?: readonly { readonly name: string }[] };
    const missing = needed.filter((each) => !resources.some(({ name }) => name === each));
    if (missing.length === 0) return ok('webhooks and policies');
    return failed(
      `the API server does not serve ${missing.join(' nor ')}: enable the admission plugins of these names in it`,
    );
  },
};

/** What a session or a sign-in of a few minutes forgives without notice. */
const unnoticedMs = 5_000;
/** From here on, what an identity provider signs is not valid yet, or not any more. */
const harmfulMs = 60_000;

export const clock: InstallationCheck = {
  what: 'clock',
  async look({ client }) {
    // A response carries the time of the API server to the second.
    await client.raw('GET', '/version');
    const offset = client.clockOffsetMs();
    return offset === undefined
      ? { state: 'not seen', says: 'the API server does not tell its time: try again' }
      : judgeClock(offset);
  },
};

/** By how much the API server's clock is ahead of this machine's. One of the two is wrong; which, is not known here. */
export function judgeClock(offsetMs: number): Finding {
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  if (Math.abs(offsetMs) <= unnoticedMs)
    return ok(`the API server's and yours agree to ${Math.max(1, seconds)} s`);
  const says = `the API server's is ${seconds} s ${offsetMs > 0 ? 'ahead of' : 'behind'} yours: let both follow NTP, and the nodes as well`;
  return Math.abs(offsetMs) > harmfulMs ? failed(says) : toDo(says);
}
