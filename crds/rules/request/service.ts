/**
 * Which Service may the gateway serve? The operator reports it and the gateway asks it again of the Service that it has
 * just read. A Service that is only a name for something else would make the gateway dial whatever its author wants.
 */
import type { Reason } from '../reasons.ts';

/** The part of a Service that the rule is about. */
export interface ServiceSpec {
  readonly type?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly { readonly port: number; readonly appProtocol?: string }[];
}

/** The Service, or why it is not served; the detail is for the customer. */
export type ServedService<Service> =
  | { readonly ok: true; readonly service: Service }
  | {
      readonly ok: false;
      readonly reason: Extract<Reason, 'NoService' | 'ExternalService'>;
      readonly detail: string;
    };

/**
 * Whether the Service is served at the port. One without a selector points wherever its endpoints say, so it is as
 * foreign as an ExternalName.
 */
export function servedService<Service extends { readonly spec?: ServiceSpec }>(
  service: Service | undefined,
  { name, port }: { readonly name: string; readonly port: number },
): ServedService<Service> {
  if (service === undefined) return refused('NoService', `There is no Service ${name} in this namespace.`);
  const { type, selector = {}, ports = [] } = service.spec ?? {};
  if (type === 'ExternalName')
    return refused('ExternalService', `Service ${name} is an ExternalName, which leads out.`);

  if (Object.keys(selector).length === 0)
    return refused('ExternalService', `Service ${name} selects no pods of this namespace.`);

  if (ports.some((one) => one.port === port)) return { ok: true, service };
  return refused('NoService', `Service ${name} has no port ${port}.`);
}

function refused(reason: 'NoService' | 'ExternalService', detail: string) {
  return { ok: false, reason, detail } as const;
}
