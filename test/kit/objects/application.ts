/** The customer's application, with a handful of routes. */
import type { SupportApplication } from '../../../crds/generated/support-application.ts';
import { type Modifier, metadataOf, modified, withSpec } from './object.ts';

export type RouteSpec = SupportApplication['spec']['routes'][number];

export function anApplication(...modifiers: readonly Modifier<SupportApplication>[]): SupportApplication {
  const application: SupportApplication = {
    apiVersion: 'supportaccess.dev/v1beta1',
    kind: 'SupportApplication',
    metadata: metadataOf('SupportApplication', 'ecase', 'ecase'),
    spec: {
      host: 'ecase.apps.example.com',
      url: 'https://ecase.example.com/',
      serviceRef: { name: 'ecase', port: 80 },
      version: '26.1.3.0',
      edition: 'SaaS',
      maxAttachmentSizeMB: 25,
      routes: [
        aRoute('GET /jobs', 'Scheduled Jobs: Read'),
        aRoute('GET /jobs/{id}', 'Scheduled Jobs: Read'),
        aRoute('POST /jobs/{id}/run', 'Scheduled Jobs: Run'),
        aRoute('GET /static/*', 'Scheduled Jobs: Read'),
      ],
    },
  };
  return modified(application, modifiers);
}

/** A route in a line: `aRoute('POST,PUT /jobs/{id}', 'Administration/Job Log: Clear')`. */
export function aRoute(request: string, meaning: string): RouteSpec {
  const [methods = '', path = ''] = request.split(' ');
  const [place = '', action = ''] = meaning.split(': ');
  const [module = '', subModule] = place.split('/');
  return {
    name: request,
    methods: methods.split(',') as RouteSpec['methods'],
    path,
    module,
    ...(subModule !== undefined && { subModule }),
    action,
  };
}

export const withRoutes = (...routes: RouteSpec[]): Modifier<SupportApplication> => withSpec({ routes });

export const inVersion = (version: string, edition?: string): Modifier<SupportApplication> =>
  withSpec({ version, ...(edition !== undefined && { edition }) });
