/**
 * Judges pod templates by the restricted Pod Security Standard, so that a chart can be checked without a cluster. Written
 * from the standard's text and independent of the chart.
 */

interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  readonly seccompProfile?: { readonly type?: string };
}

interface Container {
  readonly name: string;
  readonly securityContext?: SecurityContext;
  readonly ports?: readonly { readonly hostPort?: number }[];
}

export interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: SecurityContext;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}

const allowedVolumes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** What keeps the pod from the restricted profile, as sentences; empty when nothing does. */
export function restrictedViolations(pod: PodSpec): string[] {
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  return [
    ...hostViolations(pod),
    ...containers.flatMap((container) => containerViolations(container, pod.securityContext ?? {})),
  ];
}

function hostViolations(pod: PodSpec): string[] {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => pod[field]);
  const volumes = (pod.volumes ?? []).flatMap((volume) =>
    Object.keys(volume).filter((field) => field !== 'name' && !allowedVolumes.has(field)),
  );
  return [...shared.map((field) => `shares ${field}`), ...volumes.map((type) => `mounts a ${type} volume`)];
}

function containerViolations(container: Container, pod: SecurityContext): string[] {
  const own = container.securityContext ?? {};
  const seccomp = own.seccompProfile?.type ?? pod.seccompProfile?.type;
  const faults: [boolean, string][] = [
    ...privilegeFaults(own),
    [(own.runAsNonRoot ?? pod.runAsNonRoot) !== true, 'may run as root'],
    [(own.runAsUser ?? pod.runAsUser) === 0, 'runs as root'],
    [seccomp !== 'RuntimeDefault' && seccomp !== 'Localhost', 'has no seccomp profile'],
    [(container.ports ?? []).some(({ hostPort }) => hostPort !== undefined), 'takes a host port'],
  ];
  return faults.filter(([faulty]) => faulty).map(([, what]) => `${container.name} ${what}`);
}

function privilegeFaults({
  privileged,
  allowPrivilegeEscalation,
  capabilities,
}: SecurityContext): [boolean, string][] {
  const added = (capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  return [
    [privileged === true, 'is privileged'],
    [allowPrivilegeEscalation !== false, 'may escalate its privileges'],
    [!(capabilities?.drop ?? []).includes('ALL'), 'keeps capabilities'],
    [added.length > 0, 'adds capabilities'],
  ];
}
