/**
 * What the gateway tells of the Services behind applications, beside the certificates: which of them lead to a pod that has the
 * address of its node, and so are not dialled. Only the Pod says that. The gateway reads Pods by name, the operator none at all,
 * and tells it all the same.
 */

/** A Service of a namespace. */
interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/** The one thing that can be told: a word of a closed list, since who may write it must not write sentences for people. */
export const onItsNode = 'OnItsNode';

/** So many are told at most, so that certificates have their place beside them. */
export const mostBackends = 200;

/** The entry of a Service. No Secret is called so, as theirs are in lower case; and no namespace or Service has a dot. */
export function backendKey({ namespace, name }: ServiceName): string {
  return `Backend.${namespace}.${name}`;
}

/** What is said against the addresses behind a Service by what was told; nothing where nothing was. */
export function toldStrays(
  service: ServiceName,
  told: Readonly<Record<string, string>> | undefined,
): readonly string[] {
  if (told?.[backendKey(service)] !== onItsNode) return [];
  return [
    `Service ${service.name} leads to a pod that has the address of its node, so the gateway does not dial it; run the application without hostNetwork.`,
  ];
}
