/** Whether the kinds are served and the API server asks the webhook before something is opened. */
import { type KindName, kinds } from '../../crds/kinds.ts';
import { installed } from '../../crds/names.ts';
import { KubeError } from '../../kube/errors.ts';
import {
  CustomResourceDefinitions,
  MutatingWebhookConfigurations,
  type Resource,
  ValidatingWebhookConfigurations,
} from '../../kube/resources.ts';
import { findOrNothing } from '../cluster/find.ts';
import {
  type CheckDeps,
  type Finding,
  failed,
  type InstallationCheck,
  type Labelled,
  objectCheck,
  ok,
  otherVersionOf,
} from './finding.ts';

interface Definition extends Labelled {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface Configuration {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig?: { readonly caBundle?: string };
  }[];
}

const served: InstallationCheck = {
  what: 'kinds',
  async look(deps) {
    const names = (Object.keys(kinds) as KindName[]).map(
      (kind) => `${kinds[kind].plural}.${kinds[kind].group}`,
    );
    const faults = (await Promise.all(names.map(async (name) => faultOf(deps, name)))).filter(
      (fault) => fault !== '',
    );
    return faults.length === 0 ? ok(`${names.length} established`) : failed(faults.join('; '));
  },
};

async function faultOf(deps: CheckDeps, name: string): Promise<string> {
  const definition = await findOrNothing<Definition>(deps, CustomResourceDefinitions, { name });
  if (definition === undefined) return `${name} is missing: upgrade with crds.enabled=true`;
  const { status } = definition;
  if (!status?.conditions?.some((one) => one.type === 'Established' && one.status === 'True'))
    return `${name} is not established; see why with kubectl describe crd ${name}`;
  const theirs = otherVersionOf(definition, deps);
  return theirs === undefined
    ? ''
    : `${name} is of version ${theirs}, the programs are of ${deps.version}: upgrade with crds.enabled=true`;
}

const notRegistered = ({ kind }: Resource): Finding =>
  failed(`no ${kind} ${installed.webhookConfiguration}; run helm upgrade to make it again`);

const registeredIn = (what: string, resource: Resource): InstallationCheck =>
  objectCheck<Configuration>({
    what,
    resource,
    ref: () => ({ name: installed.webhookConfiguration }),
    none: () => notRegistered(resource),
    judge({ webhooks: entries = [] }) {
      if (entries.length === 0) return notRegistered(resource);
      const without = entries.filter(({ clientConfig }) => !clientConfig?.caBundle);
      return without.length === 0
        ? ok(`${entries.length} entries with caBundle`)
        : failed(
            `${without.map((entry) => entry.name).join(', ')} has no caBundle: the webhook writes it; look at its log`,
          );
    },
  });

/** A matrix opens nothing by itself, and a dry run stores nothing: the API server only has to ask the webhook. */
const answers: InstallationCheck = {
  what: 'admission answers',
  async look({ client }) {
    const matrix = {
      metadata: { name: 'support-access-check-1' },
      spec: {
        system: 'support-access-check',
        revision: 1,
        masking: 'Enabled',
        modules: [{ name: 'Check', access: 'Read' }],
      },
    };
    try {
      await client.create(kinds.SupportPermissionMatrix, matrix, { dryRun: true });
      return ok('the API server reaches it');
    } catch (error) {
      return notAnswered(error);
    }
  },
};

/** A matrix that is refused was judged, which is all that was asked. */
function notAnswered(error: unknown): Finding {
  if (!(error instanceof KubeError)) throw error;
  if (/failed calling webhook|failed to call webhook/.test(error.message)) {
    return failed(
      `the API server cannot reach it: ${error.message.slice(0, 300)}; see that the webhook runs, and open its port to the API server (docs/network.md)`,
    );
  }
  if (error.message.includes('decide.supportaccess.dev')) return ok('the API server reaches it');
  throw error;
}

export const admissionChecks: readonly InstallationCheck[] = [
  served,
  registeredIn('admission registered', ValidatingWebhookConfigurations),
  registeredIn('owners stamped', MutatingWebhookConfigurations),
  answers,
];
