{{/*
What the pods of the three processes have in common: account, security, scheduling, network.
Argument: dict root, component, values.
*/}}
{{- define "support-access.pod" -}}
serviceAccountName: support-access-{{ .component }}
automountServiceAccountToken: true
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .values.terminationGracePeriodSeconds }}
{{- include "support-access.pullSecrets" .root }}
securityContext:
  {{- include "support-access.podSecurity" .root | nindent 2 }}
{{- with .values.priorityClassName }}
priorityClassName: {{ quote . }}
{{- end }}
{{- with .values.runtimeClassName }}
runtimeClassName: {{ quote . }}
{{- end }}
{{- with include "support-access.pairs" (list .values.nodeSelector) }}
nodeSelector:
  {{- . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
affinity:
{{- if .values.affinity }}
  {{- toYaml .values.affinity | nindent 2 }}
{{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "support-access.selector" . | nindent 14 }}
{{- end }}
{{- with .values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .values.hostNetwork }}
hostNetwork: true
{{- end }}
{{- with .values.dnsPolicy | default (ternary "ClusterFirstWithHostNet" "" .values.hostNetwork) }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.extraInitContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Who the processes are on a node; the platform says, where it is an OpenShift or is asked to. Argument: root. */}}
{{- define "support-access.podSecurity" -}}
{{- $platform := .Values.global.compatibility.openshift.adaptSecurityContext }}
{{- $context := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") }}
{{- if not (or (eq $platform "force") (and (eq $platform "auto") (.Capabilities.APIVersions.Has "security.openshift.io/v1"))) }}
{{- range list "runAsUser" "runAsGroup" "fsGroup" }}{{- $_ := set $context . 65532 }}{{- end }}
{{- end }}
{{- range $key, $value := .Values.podSecurityContext }}{{- $_ := set $context $key $value }}{{- end }}
{{- include "support-access.given" $context }}
{{- end }}

{{/* What the containers have in common: image, security, probes, resources. Argument: dict root, component, values. */}}
{{- define "support-access.container" -}}
name: {{ .component }}
image: {{ include "support-access.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
env:
  - name: POD_NAME
    valueFrom:
      fieldRef:
        fieldPath: metadata.name
  {{- with .values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
# answers when the process is ready, at the latest after 20 s that it runs: a usual start takes one probe and no event
startupProbe:
  httpGet: { path: /startz, port: health }
  initialDelaySeconds: 2
  periodSeconds: 1
  timeoutSeconds: 25
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /healthz, port: health }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: health }
  periodSeconds: 2
  timeoutSeconds: 3
{{- with .values.lifecycle }}
lifecycle:
  {{- toYaml . | nindent 2 }}
{{- end }}
resources:
  {{- toYaml .values.resources | nindent 2 }}
{{- end }}

{{/* Flags that every process has, the last of its list: what people add wins. Argument: values of the process. */}}
{{- define "support-access.flags" -}}
- --health-port={{ .ports.health }}
- --log-level={{ .logLevel }}
{{- range .extraArgs }}
- {{ quote . }}
{{- end }}
{{- end }}

{{/* The way to the records, of the processes that are not theirs. Argument: root. */}}
{{- define "support-access.recordsFlags" -}}
- --records-url=https://support-access-webhook.{{ .Release.Namespace }}.svc:8445
- --records-token-file=/var/run/support-access/token
{{- end }}

{{/* Metadata and selector of a Deployment's pods. Argument: dict root, component, values. */}}
{{- define "support-access.podMetadata" -}}
labels:
  {{- include "support-access.labels" (merge (dict "also" .values.podLabels) .) | nindent 2 }}
{{- with include "support-access.annotations" .values.podAnnotations }}
{{ . }}
{{- end }}
{{- end }}

{{/* The token by which the records know the process: an audience of its own, renewed by the kubelet. */}}
{{- define "support-access.recordsToken" -}}
- name: records-token
  projected:
    sources:
      - serviceAccountToken:
          audience: support-access
          expirationSeconds: 3600
          path: token
{{- end }}
